package org.basisar.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.basisar.tensor.AttentionOp;
import org.basisar.tensor.CustomOp;
import org.basisar.tensor.DType;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Matrix;
import org.basisar.tensor.Op;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Storage;
import org.basisar.tensor.Tensor;
import org.basisar.tensor.check.OpCase;
import org.basisar.tensor.check.OpCases;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation of the closed set: its rule agrees with differences, or refuses. */
final class GradientRulesTest {
  /** A whole Jacobian of more elements takes longer than it is worth; then it is sampled. */
  private static final long WHOLE = 4_000;

  private static final int SAMPLES = 12;

  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  static Stream<OpCase> differentiable() {
    return OpCases.all().stream().filter(OpCase::differentiable);
  }

  @ParameterizedTest
  @MethodSource("differentiable")
  void ruleAgreesWithDifferences(OpCase sample) {
    Tensor[] all = sample.inputs(DType.F64);
    List<Integer> places = new ArrayList<>();
    List<Tensor> varied = new ArrayList<>();
    long inputs = 0;
    for (int i = 0; i < all.length; i++) {
      if (sample.operands().get(i).differentiable()) {
        places.add(i);
        varied.add(all[i]);
        inputs += all[i].size();
      }
    }
    Function<Tensor[], Tensor> function =
        in -> {
          Tensor[] operands = all.clone();
          for (int k = 0; k < in.length; k++) {
            operands[places.get(k)] = in[k];
          }
          return joined(sample.op(), sample.run(DType.F64, operands));
        };
    Tensor[] arguments = varied.toArray(new Tensor[0]);
    long outputs = function.apply(arguments).size();
    GradCheck.Report report =
        inputs * outputs <= WHOLE
            ? GradCheck.check(function, arguments)
            : GradCheck.checkSampled(SAMPLES, function, arguments);
    report.assertOk();
  }

  /** The walk may add to what a rule returns. */
  @ParameterizedTest
  @MethodSource("differentiable")
  void ruleReturnsMemoryThatMayBeOverwritten(OpCase sample) {
    Op op = sample.op(DType.F64);
    if (op instanceof CustomOp) {
      return;
    }
    Tensor[] inputs = sample.inputs(DType.F64);
    Tensor[] outputs = Engine.run(op, inputs);
    @Nullable Tensor[] gradients = new @Nullable Tensor[outputs.length];
    boolean[] needs = new boolean[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      needs[i] = sample.operands().get(i).differentiable();
    }
    int count = op instanceof AttentionOp.Attention ? 1 : outputs.length;
    for (int i = 0; i < count; i++) {
      gradients[i] = Ops.fillLike(outputs[i], 1);
    }
    List<Storage> taken = new ArrayList<>();
    Stream.concat(Stream.of(inputs), Stream.of(outputs))
        .forEach(tensor -> taken.add(tensor.storage()));
    for (Tensor found : GradientRules.gradients(op, inputs, outputs, gradients, needs)) {
      if (found != null && Arrays.stream(gradients).noneMatch(g -> sameMemory(g, found))) {
        assertThat(taken).doesNotContain(found.storage());
        taken.add(found.storage());
      }
    }
  }

  private static boolean sameMemory(@Nullable Tensor left, Tensor right) {
    return left != null && left.storage() == right.storage();
  }

  /** All results in one row; the denominators of attention carry no gradient. */
  private static Tensor joined(Op op, Tensor[] outputs) {
    int count = op instanceof AttentionOp.Attention ? 1 : outputs.length;
    Tensor[] flat = new Tensor[count];
    for (int i = 0; i < count; i++) {
      flat[i] = Ops.reshape(outputs[i], outputs[i].size());
    }
    return Ops.concat(0, flat);
  }

  /** The records of the closed set. */
  private static List<Class<?>> operations(Class<?> type) {
    List<Class<?>> found = new ArrayList<>();
    Class<?>[] permitted = type.getPermittedSubclasses();
    if (permitted == null) {
      found.add(type);
    } else {
      for (Class<?> inner : permitted) {
        found.addAll(operations(inner));
      }
    }
    return found;
  }

  private static Set<Class<?>> differentiated() {
    Set<Class<?>> found = new HashSet<>();
    differentiable()
        .forEach(sample ->
            found.add(sample.op() instanceof CustomOp ? CustomOp.class : sample.op().getClass()));
    return found;
  }

  @Test
  void everyOperationHasACase() {
    Set<Class<?>> covered = new HashSet<>(differentiated());
    OpCases.all().forEach(sample -> covered.add(sample.op().getClass()));
    List<Class<?>> operations = operations(Op.class);
    assertThat(operations).hasSizeGreaterThan(40);
    assertThat(covered).containsAll(operations);
  }

  @Test
  void exactlyTheseOperationsHaveNoGradient() {
    Set<String> without = new TreeSet<>();
    Set<Class<?>> differentiated = differentiated();
    for (OpCase sample : OpCases.all()) {
      Op op = sample.op();
      if (op instanceof CustomOp || differentiated.contains(op.getClass())) {
        continue;
      }
      without.add(op.getClass().getSimpleName());
      Tensor[] inputs = sample.inputs(DType.F64);
      boolean[] needs = new boolean[inputs.length];
      Arrays.fill(needs, true);
      Tensor gradient = Tensor.of(new double[] {1});
      assertThatThrownBy(() ->
              GradientRules.gradients(
                  op, inputs, new Tensor[] {gradient}, new Tensor[] {gradient}, needs))
          .isInstanceOf(NotDifferentiableException.class)
          .hasMessage(
              op.title()
                  + ": has no gradient; detach() its operands, or run it in Tape.noGrad, if none"
                  + " should flow");
    }
    assertThat(without)
        .containsExactly(
            "AdamW",
            "AddInto",
            "AttentionGradient",
            "Compare",
            "ConvolveInputGradient",
            "ConvolveWeightGradient",
            "CopyInto",
            "CrossEntropyGradient",
            "EmbeddingGradient",
            "Fill",
            "GateResidualGradient",
            "GatedGeluGradient",
            "GlobalNorm",
            "LayerNormGradient",
            "Normal",
            "ResidualLossGradient",
            "RmsNormGradient",
            "RmsNormModulateGradient",
            "RotarySplitGradient",
            "SoftmaxGradient",
            "UnaryGradient",
            "Uniform");
  }

  @Test
  void tablesAndDenominatorsOfAttentionHaveNoGradient() {
    try (Tape tape = Tape.open()) {
      Tensor qkv = Numbers.tensor(1, 1, 2, 12);
      Tensor cosine = Numbers.tensor(2, 2, 2);
      tape.watch(qkv, cosine);
      Tensor[] parts = Ops.rotarySplit(qkv, cosine, cosine, 2);
      Tensor loss = Ops.sum(parts[0]);
      assertThatThrownBy(() -> tape.backward(loss))
          .isInstanceOf(NotDifferentiableException.class)
          .hasMessage(
              "rotarySplit: the cosine and sine tables have no gradient; do not watch them");
    }
    try (Tape tape = Tape.open()) {
      Tensor query = Numbers.tensor(1, 1, 2, 4);
      tape.watch(query);
      Tensor[] both = Engine.run(new AttentionOp.Attention(2, 0, 0, 0), query, query, query);
      Tensor loss = Ops.sum(both[1]);
      assertThatThrownBy(() -> tape.backward(loss))
          .isInstanceOf(NotDifferentiableException.class)
          .hasMessage(
              "attention: the logarithms of the denominators have no gradient; detach() them");
    }
  }

  @Test
  void oneMatrixForABatchInEveryOrientation() {
    for (boolean left : new boolean[] {false, true}) {
      for (boolean right : new boolean[] {false, true}) {
        int[] l = left ? new int[] {3, 2} : new int[] {2, 3};
        int[] r = right ? new int[] {4, 3} : new int[] {3, 4};
        int[][][] shapes = {
          {l, {2, r[0], r[1]}},
          {{2, l[0], l[1]}, r},
          {l, {2, 1, r[0], r[1]}},
          {{2, 2, l[0], l[1]}, r},
          {{1, l[0], l[1]}, {2, r[0], r[1]}},
        };
        for (int[][] pair : shapes) {
          GradCheck.check(
                  in -> Ops.matmul(in[0], left, in[1], right),
                  Numbers.tensor(1, pair[0]),
                  Numbers.tensor(2, pair[1]))
              .assertOk();
        }
      }
    }
  }

  @Test
  void linearOfASingleRow() {
    for (Matrix.Epilogue epilogue : Matrix.Epilogue.values()) {
      GradCheck.check(
              in -> Ops.linear(in[0], in[1], in[2], in[3], epilogue),
              Numbers.tensor(1, 3),
              Numbers.tensor(2, 4, 3),
              Numbers.tensor(3, 4),
              Numbers.tensor(4, 4))
          .assertOk();
    }
  }

  @Test
  void powersZeroAndOneAreSmoothAtZero() {
    Tensor zero = Tensor.of(new double[] {0, 2}, 2);
    GradCheck.check(in -> Ops.power(in[0], 0), zero).assertOk();
    GradCheck.check(in -> Ops.power(in[0], 1), zero).assertOk();
    GradCheck.check(in -> Ops.power(in[0], 2), zero).assertOk();
  }

  @Test
  void tiesOfMaximumShareTheGradient() {
    try (Tape tape = Tape.open()) {
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
    try (Tape tape = Tape.open()) {
      Tensor x = Tensor.zeros(DType.F64, 3);
      tape.watch(x);
      assertThat(tape.backward(Ops.norm(x)).of(x).toDoubles()).containsOnly(0);
    }
  }

  @Test
  void unusedPartsOfASplitCountAsZero() {
    try (Tape tape = Tape.open()) {
      Tensor x = Numbers.tensor(1, 2, 6);
      tape.watch(x);
      Tensor[] parts = Ops.split(x, 1, 3);
      Tensor gradient = tape.backward(Ops.sum(Ops.scale(parts[1], 3))).of(x);
      assertThat(gradient.toDoubles()).containsExactly(0, 0, 3, 3, 0, 0, 0, 0, 3, 3, 0, 0);
    }
  }

  @Test
  void castCarriesTheGradientBackInTheOperandsDtype() {
    try (Tape tape = Tape.open()) {
      Tensor x = Numbers.floats(1, 31);
      tape.watch(x);
      Tensor loss = Ops.sum(Ops.scale(Ops.cast(x, DType.BF16), 2));
      Tensor gradient = tape.backward(loss).of(x);
      assertThat(gradient.dtype()).isEqualTo(DType.F32);
      assertThat(gradient.toFloats()).containsOnly(2);
    }
  }
}
