package org.basisar.autograd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.basisar.tensor.AttentionOp;
import org.basisar.tensor.Basis;
import org.basisar.tensor.DType;
import org.basisar.tensor.Elementwise;
import org.basisar.tensor.Elementwise.BinaryKind;
import org.basisar.tensor.Elementwise.UnaryKind;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Generation;
import org.basisar.tensor.Matrix;
import org.basisar.tensor.Movement;
import org.basisar.tensor.Normalization;
import org.basisar.tensor.Op;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Reduction;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class GradientRulesTest {
  /** An operation on floating operands of these shapes, and constant ones after or before them. */
  record Case(String name, Function<Tensor[], Tensor> function, List<Tensor> inputs) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final List<Case> CASES = new ArrayList<>();

  static Stream<Case> cases() {
    if (CASES.isEmpty()) {
      fill();
    }
    return CASES.stream();
  }

  private static Tensor t(int... dims) {
    return Numbers.tensor(Arrays.hashCode(dims) + CASES.size(), dims);
  }

  private static void op(Op op, Tensor... inputs) {
    add(op.toString(), in -> joined(Engine.run(op, in)), inputs);
  }

  private static void add(String name, Function<Tensor[], Tensor> function, Tensor... inputs) {
    CASES.add(new Case(name + Arrays.toString(inputs), function, List.of(inputs)));
  }

  private static Tensor joined(Tensor[] outputs) {
    Tensor[] flat = new Tensor[outputs.length];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = Ops.reshape(outputs[i], outputs[i].size());
    }
    return Ops.concat(0, flat);
  }

  private static Tensor positive(int... dims) {
    Tensor x = t(dims);
    double[] values = x.toDoubles();
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.3 + Math.abs(values[i]);
    }
    return Tensor.of(values, dims);
  }

  private static void fill() {
    for (UnaryKind kind : UnaryKind.values()) {
      op(new Elementwise.Unary(kind), positive(3, 5));
      if (kind != UnaryKind.LOG && kind != UnaryKind.SQRT && kind != UnaryKind.RSQRT) {
        op(new Elementwise.Unary(kind), t(7));
      }
    }
    for (BinaryKind kind : BinaryKind.values()) {
      op(new Elementwise.Binary(kind), t(3, 4), positive(3, 4));
      op(new Elementwise.Binary(kind), t(3, 1, 4), positive(2, 1));
      op(new Elementwise.Binary(kind), t(), positive(2, 3));
      op(new Elementwise.Binary(kind), t(2, 3), positive());
    }
    op(new Elementwise.Affine(1.5, -2), t(3));
    op(new Elementwise.Affine(1, -2), t(3));
    op(new Elementwise.Power(0), t(3));
    op(new Elementwise.Power(1), t(3));
    op(new Elementwise.Power(2), t(3));
    op(new Elementwise.Power(-1.5), positive(3));
    op(new Elementwise.Clamp(-0.4, 0.4), t(31));
    op(new Elementwise.Cast(DType.F64), t(3));
    Tensor mask = Tensor.of(new byte[] {1, 0, 0, 5}, 2, 2);
    add("where", in -> Ops.where(mask, in[0], in[1]), t(2, 2), t(2, 2));
    op(new Elementwise.GatedGelu(), t(3, 4), t(3, 4));
    for (int groups : new int[] {1, 2, 4}) {
      op(new Elementwise.GateResidual(), t(2, 4, 3), t(2, 4, 3), t(2, groups, 3));
      op(new Elementwise.Interpolate(), t(2, 4, 3), t(2, 4, 3), positive(2, groups));
      op(new Normalization.RmsNormModulate(1e-5), t(2, 4, 3), t(2, groups, 3), t(2, groups, 3));
    }
    for (Reduction.Kind kind : Reduction.Kind.values()) {
      op(new Reduction.ReduceAll(kind), t(3, 4));
      for (int axis = -1; axis < 3; axis++) {
        op(new Reduction.Reduce(kind, axis), t(2, 3, 4));
      }
    }
    op(new Reduction.SumTo(Shape.of(3, 1)), t(2, 3, 4));
    op(new Reduction.SumTo(Shape.SCALAR), t(2, 3));
    Tensor labels = Tensor.of(new int[] {2, 0, 3}, 3);
    add("crossEntropy", in -> Ops.crossEntropy(in[0], labels), t(3, 4));

    op(new Movement.Reshape(Shape.of(3, 4)), t(2, 6));
    op(new Movement.Permute(List.of(2, 0, 1)), t(2, 3, 4));
    op(new Movement.Slice(-1, 1, 2), t(3, 4));
    op(new Movement.Slice(0, 0, 0), t(3, 2));
    op(new Movement.Expand(Shape.of(4, 2, 3)), t(2, 1));
    op(new Movement.Contiguous(), t(3));
    op(new Movement.Concat(1), t(2, 1), t(2, 3), t(2, 2));
    op(new Movement.Split(-1, 3), t(2, 6));
    op(new Movement.Pad(0, 2, 1), t(2, 3));
    Tensor index = Tensor.of(new int[] {1, 1, 0, 2}, 4);
    add("gather", in -> Ops.gather(in[0], 1, index), t(2, 3));
    add("scatterAdd", in -> Ops.scatterAdd(in[0], 0, index, 5), t(4, 2));
    Tensor words = Tensor.of(new int[] {1, 1, 0, 2}, 2, 2);
    add("embedding", in -> Ops.embedding(in[0], words), t(4, 3));

    for (boolean left : new boolean[] {false, true}) {
      for (boolean right : new boolean[] {false, true}) {
        Matrix.MatMul product = new Matrix.MatMul(left, right);
        int[] l = left ? new int[] {3, 2} : new int[] {2, 3};
        int[] r = right ? new int[] {4, 3} : new int[] {3, 4};
        op(product, t(l), t(r));
        op(product, t(2, l[0], l[1]), t(r));
        op(product, t(l), t(2, r[0], r[1]));
        op(product, t(2, l[0], l[1]), t(2, r[0], r[1]));
        op(product, t(2, 1, l[0], l[1]), t(2, r[0], r[1]));
        op(product, t(2, 2, l[0], l[1]), t(r));
      }
    }
    for (Matrix.Epilogue epilogue : Matrix.Epilogue.values()) {
      op(new Matrix.Linear(false, false, epilogue), t(2, 2, 3), t(4, 3));
      op(new Matrix.Linear(true, false, epilogue), t(2, 3), t(4, 3), t(4));
      op(new Matrix.Linear(true, true, epilogue), t(2, 3), t(4, 3), t(4), t(2, 4));
      op(new Matrix.Linear(false, true, epilogue), t(3), t(4, 3), t(4));
    }

    op(new Normalization.RmsNorm(1e-5), t(2, 3, 4));
    op(new Normalization.RmsNorm(1e-5), t(2, 3, 4), t(4));
    op(new Normalization.LayerNorm(1e-5), t(2, 4));
    op(new Normalization.LayerNorm(1e-5), t(2, 4), t(4), t(4));
    op(new Normalization.Softmax(), t(2, 5));

    Tensor cosine = Ops.cos(t(3, 2));
    Tensor sine = Ops.sin(t(3, 2));
    add("rotarySplit", in -> joined(Ops.rotarySplit(in[0], cosine, sine, 2)), t(2, 3, 12));
    add(
        "attention",
        in -> Ops.attention(in[0], in[1], in[2], 2, 0),
        t(2, 3, 4),
        t(2, 5, 4),
        t(2, 5, 4));
    add(
        "attention cells",
        in -> Ops.attention(in[0], in[1], in[2], 1, 2),
        t(1, 4, 2),
        t(1, 4, 2),
        t(1, 4, 2));
    add(
        "attention cached",
        in -> Ops.attention(in[0], in[1], in[2], 1, 2),
        t(1, 2, 2),
        t(1, 6, 2),
        t(1, 6, 2));
    Random random = new Random(3);
    AttentionOp.Attention dropped = new AttentionOp.Attention(2, 0, 0.4, 1);
    add(
        "attention dropout",
        in -> Engine.run(dropped, in[0], in[1], in[2], random.state())[0],
        t(1, 3, 4),
        t(1, 3, 4),
        t(1, 3, 4));
    Generation.Dropout dropout = new Generation.Dropout(0.4, 2);
    add("dropout", in -> Engine.run(dropout, in[0], random.state())[0], t(33));

    op(new Basis.Transform(false), t(3, 4), t(2, 4, 2));
    op(new Basis.Transform(true), t(3, 4), t(2, 3, 2));
    op(new Basis.OuterSum(), t(2, 3, 2), t(2, 4, 2));
    op(new Basis.ResidualLoss(), t(4, 4), t(2, 4, 3), t(2, 4, 3));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void ruleAgreesWithDifferences(Case sample) {
    try (Scope _ = Scope.open()) {
      GradCheck.check(sample.function(), sample.inputs().toArray(new Tensor[0])).assertOk();
    }
  }

  @Test
  void tiesOfMaximumShareTheGradient() {
    try (Scope _ = Scope.open();
        Tape tape = Tape.open()) {
      Tensor x = Tensor.of(new double[] {2, 1, 2, 2}, 4);
      Tensor y = Tensor.of(new double[] {2, 0, 3, 1}, 4);
      tape.watch(x, y);
      Tensor loss = Ops.add(Ops.max(x), Ops.sum(Ops.max(x, y)));
      Gradients gradients = tape.backward(loss);
      double third = 1.0 / 3;
      assertThat(gradients.of(x).toDoubles()).containsExactly(third + 0.5, 1, third, third + 1);
      assertThat(gradients.of(y).toDoubles()).containsExactly(0.5, 0, 1, 0);
    }
  }

  @Test
  void normAtZeroHasZeroGradient() {
    try (Scope _ = Scope.open();
        Tape tape = Tape.open()) {
      Tensor x = Tensor.zeros(DType.F64, 3);
      tape.watch(x);
      assertThat(tape.backward(Ops.norm(x)).of(x).toDoubles()).containsOnly(0);
    }
  }
}
