package org.basisar.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.basisar.tensor.AttentionOp;
import org.basisar.tensor.Basis;
import org.basisar.tensor.Convolution;
import org.basisar.tensor.CustomOp;
import org.basisar.tensor.DType;
import org.basisar.tensor.Elementwise;
import org.basisar.tensor.Elementwise.BinaryKind;
import org.basisar.tensor.Elementwise.UnaryKind;
import org.basisar.tensor.Generation;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Matrix;
import org.basisar.tensor.Matrix.Epilogue;
import org.basisar.tensor.Movement;
import org.basisar.tensor.Normalization;
import org.basisar.tensor.Op;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Reduction;
import org.basisar.tensor.Reduction.Kind;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.basisar.tensor.check.OpCase;
import org.basisar.tensor.check.OpCases;
import org.basisar.tensor.check.Operand;
import org.basisar.tensor.check.Tolerance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The fast kernels against the plain ones on the same fp32 operands, at sizes that are cut into
 * several blocks and fit no vector. Results start as NaN, so that a forgotten element shows.
 */
final class FastKernelsTest {
  /**
   * An operation on generated operands.
   *
   * @param terms greatest number of terms added into one result element
   */
  record Case(Op op, int terms, List<Tensor> operands) {
    Case(Op op, int terms, Tensor... operands) {
      this(op, terms, List.of(operands));
    }

    Tensor[] inputs() {
      return operands.toArray(new Tensor[0]);
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder(op.toString());
      for (Tensor input : operands) {
        text.append(' ').append(input);
      }
      return text.toString();
    }
  }

  private static int operand;

  private static Tensor numbers(int... dims) {
    int place = operand++;
    float[] values = new float[Shape.of(dims).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (2 * Operand.u(place, (2L * place + 1) * i));
    }
    return Tensor.of(values, dims);
  }

  private static Tensor positive(int... dims) {
    return Ops.affine(numbers(dims), 0.45, 0.55);
  }

  private static Tensor indices(int count, int limit) {
    int[] values = new int[count];
    for (int i = 0; i < count; i++) {
      values[i] = (int) (limit * (Operand.u(3, i) + 0.5));
    }
    return Tensor.of(values, count);
  }

  private static Tensor state() {
    return Tensor.of(new int[] {77, 1, 5, 0}, 4);
  }

  static List<Case> cases() {
    operand = 0;
    List<Case> cases = new ArrayList<>();
    matrices(cases);
    elementwise(cases);
    reductions(cases);
    movements(cases);
    norms(cases);
    attention(cases);
    basis(cases);
    convolutions(cases);
    generation(cases);
    return cases;
  }

  private static void matrices(List<Case> cases) {
    for (Epilogue epilogue : Epilogue.values()) {
      cases.add(
          new Case(
              new Matrix.Linear(true, true, epilogue),
              300,
              numbers(3, 113, 300),
              numbers(65, 300),
              numbers(65),
              numbers(3, 113, 65)));
    }
    cases.add(
        new Case(new Matrix.Linear(false, false, Epilogue.NONE), 31, numbers(31), numbers(1, 31)));
    boolean[] both = {false, true};
    for (boolean left : both) {
      for (boolean right : both) {
        Tensor a = left ? numbers(4, 33, 31) : numbers(4, 31, 33);
        Tensor b = right ? numbers(4, 113, 33) : numbers(4, 33, 113);
        Tensor flat = right ? numbers(113, 33) : numbers(33, 113);
        Tensor shared = left ? numbers(1, 33, 31) : numbers(1, 31, 33);
        Op op = new Matrix.MatMul(left, right);
        cases.add(new Case(op, 33, a, b));
        cases.add(new Case(op, 33, a, flat));
        cases.add(new Case(op, 33, shared, b));
      }
    }
    cases.add(new Case(new Matrix.MatMul(true, false), 2048, numbers(2048, 31), numbers(2048, 33)));
  }

  private static void elementwise(List<Case> cases) {
    for (UnaryKind kind : UnaryKind.values()) {
      cases.add(new Case(new Elementwise.Unary(kind), 0, positive(113, 67)));
      cases.add(
          new Case(new Elementwise.UnaryGradient(kind), 0, positive(113, 67), numbers(113, 67)));
    }
    int[][][] pairs = {
      {{31, 1023}, {31, 1023}},
      {{31, 1023}, {1023}},
      {{31, 1023}, {}},
      {{}, {31, 1023}},
      {{31, 1}, {31, 1023}},
      {{5, 33, 113}, {5, 1, 113}},
      {{1, 33, 113}, {5, 33, 113}},
      {{5, 33, 1}, {5, 1, 113}},
      {{3, 1, 4, 1, 17}, {1, 5, 1, 6, 17}},
    };
    for (BinaryKind kind : BinaryKind.values()) {
      for (int[][] pair : pairs) {
        cases.add(new Case(new Elementwise.Binary(kind), 0, positive(pair[0]), positive(pair[1])));
      }
    }
    for (double exponent : new double[] {2, 0.5, -0.5, -1, 3, 1.7, 0}) {
      cases.add(new Case(new Elementwise.Power(exponent), 0, positive(4111)));
    }
    Tensor x = numbers(7, 34, 65);
    for (int groups : new int[] {1, 2, 34}) {
      Tensor gate = numbers(7, groups, 65);
      cases.add(new Case(new Elementwise.GateResidual(), 0, x, numbers(7, 34, 65), gate));
      cases.add(new Case(new Elementwise.GateResidualGradient(), 34, x, gate, numbers(7, 34, 65)));
      cases.add(
          new Case(new Elementwise.Interpolate(), 0, x, numbers(7, 34, 65), numbers(7, groups)));
    }
    cases.add(new Case(new Elementwise.GatedGelu(), 0, numbers(9001), numbers(9001)));
    cases.add(
        new Case(
            new Elementwise.GatedGeluGradient(), 0, numbers(9001), numbers(9001), numbers(9001)));
    for (DType from : DType.values()) {
      for (DType to : DType.values()) {
        Tensor values = Ops.cast(Ops.scale(positive(2049), 200), from);
        cases.add(new Case(new Elementwise.Cast(to), 0, values));
      }
    }
  }

  private static void reductions(List<Case> cases) {
    for (Kind kind : Kind.values()) {
      cases.add(new Case(new Reduction.ReduceAll(kind), 40000, positive(40000)));
      cases.add(new Case(new Reduction.ReduceAll(kind), 31, numbers(31)));
      for (int axis = 0; axis < 3; axis++) {
        cases.add(new Case(new Reduction.Reduce(kind, axis), 1300, numbers(3, 1300, 67)));
        cases.add(new Case(new Reduction.Reduce(kind, axis), 33, numbers(33, 3, 5)));
      }
    }
    int[][] targets = {
      {}, {67}, {1, 67}, {5, 1, 1, 67}, {3, 113, 1}, {1, 3, 1, 67}, {5, 1, 113, 1}, {5, 3, 113, 67}
    };
    for (int[] target : targets) {
      cases.add(
          new Case(
              new Reduction.SumTo(Shape.of(target)), 5 * 3 * 113 * 67, positive(5, 3, 113, 67)));
    }
    Tensor logits = numbers(1023, 113);
    Tensor labels = indices(1023, 113);
    cases.add(new Case(new Reduction.CrossEntropy(), 1023, logits, labels));
    cases.add(new Case(new Reduction.CrossEntropyGradient(), 0, logits, labels, numbers()));
  }

  private static void movements(List<Case> cases) {
    Tensor x = numbers(5, 33, 67);
    for (List<Integer> order :
        List.of(
            List.of(0, 1, 2),
            List.of(0, 2, 1),
            List.of(1, 0, 2),
            List.of(1, 2, 0),
            List.of(2, 0, 1),
            List.of(2, 1, 0))) {
      for (DType dtype : DType.values()) {
        Tensor source = Ops.cast(Ops.affine(x, 50, 100), dtype);
        cases.add(new Case(new Movement.Contiguous(), 0, Ops.permute(source, order)));
        cases.add(
            new Case(
                new Movement.Contiguous(),
                0,
                Ops.permute(Ops.slice(Ops.slice(source, 1, 2, 31), 2, 3, 33), order)));
      }
    }
    cases.add(
        new Case(new Movement.Contiguous(), 0, Ops.expand(numbers(33, 1), Shape.of(31, 33, 17))));
    for (int axis = 0; axis < 3; axis++) {
      cases.add(
          new Case(new Movement.Concat(axis), 0, x, Ops.contiguous(Ops.slice(x, axis, 1, 3)), x));
      cases.add(new Case(new Movement.Pad(axis, 2, 31), 0, x));
      cases.add(new Case(new Movement.Gather(axis), 0, x, indices(77, 5)));
      cases.add(
          new Case(new Movement.ScatterAdd(axis, 200), 67, x, indices(x.shape().dim(axis), 9)));
    }
    cases.add(new Case(new Movement.Split(1, 3), 0, x));
    cases.add(new Case(new Movement.Embedding(), 0, numbers(113, 131), indices(1023, 113)));
    cases.add(
        new Case(new Movement.EmbeddingGradient(113), 30, indices(1023, 113), numbers(1023, 131)));
  }

  private static void norms(List<Case> cases) {
    for (int width : new int[] {1, 31, 113, 256}) {
      Tensor x = numbers(1023, width);
      Tensor weight = numbers(width);
      Tensor gradient = numbers(1023, width);
      cases.add(new Case(new Normalization.RmsNorm(1e-6), 0, x));
      cases.add(new Case(new Normalization.RmsNorm(1e-6), 0, x, weight));
      cases.add(new Case(new Normalization.RmsNormGradient(1e-2), width, x, gradient));
      cases.add(new Case(new Normalization.RmsNormGradient(1e-2), 1023, x, weight, gradient));
      cases.add(new Case(new Normalization.LayerNorm(1e-2), 0, x));
      cases.add(new Case(new Normalization.LayerNorm(1e-2), 0, x, weight, numbers(width)));
      cases.add(new Case(new Normalization.LayerNormGradient(1e-2), width, x, gradient));
      cases.add(new Case(new Normalization.LayerNormGradient(1e-2), 1023, x, weight, gradient));
      cases.add(new Case(new Normalization.Softmax(), 0, x));
      cases.add(new Case(new Normalization.SoftmaxGradient(), width, Ops.softmax(x), gradient));
      Tensor tokens = numbers(7, 34, width);
      Tensor scale = numbers(7, 2, width);
      cases.add(
          new Case(
              new Normalization.RmsNormModulate(1e-6), 0, tokens, scale, numbers(7, 2, width)));
      cases.add(
          new Case(
              new Normalization.RmsNormModulateGradient(1e-2),
              Math.max(34, width),
              tokens,
              scale,
              numbers(7, 34, width)));
    }
  }

  private static void attention(List<Case> cases) {
    Tensor cosine = numbers(33, 34);
    Tensor sine = numbers(33, 34);
    cases.add(new Case(new AttentionOp.RotarySplit(3), 0, numbers(2, 33, 306), cosine, sine));
    cases.add(
        new Case(
            new AttentionOp.RotarySplitGradient(3),
            0,
            numbers(2, 33, 102),
            numbers(2, 33, 102),
            numbers(2, 33, 102),
            cosine,
            sine));
    for (int cell : new int[] {0, 11, 33}) {
      for (double dropout : new double[] {0, 0.25}) {
        for (int past : new int[] {0, 66}) {
          Tensor query = numbers(2, 66, 93);
          Tensor key = numbers(2, 66 + past, 93);
          Tensor value = numbers(2, 66 + past, 93);
          Op forward = new AttentionOp.Attention(3, cell, dropout, 4);
          Tensor[] operands =
              dropout > 0
                  ? new Tensor[] {query, key, value, state()}
                  : new Tensor[] {query, key, value};
          cases.add(new Case(forward, 132, operands));
          Tensor[] results = plain(forward, operands);
          List<Tensor> backward =
              new ArrayList<>(
                  List.of(query, key, value, results[0], results[1], numbers(2, 66, 93)));
          if (dropout > 0) {
            backward.add(state());
          }
          cases.add(
              new Case(
                  new AttentionOp.AttentionGradient(3, cell, dropout, 4),
                  1000,
                  backward.toArray(new Tensor[0])));
        }
      }
    }
  }

  private static void convolutions(List<Case> cases) {
    // batch, channels, height, width, filters, size, stride, padding; the third has several blocks
    int[][] sizes = {
      {2, 33, 31, 31, 17, 3, 1, 1},
      {3, 31, 9, 33, 113, 1, 1, 0},
      {1, 64, 113, 113, 8, 3, 1, 1},
      {2, 33, 33, 31, 31, 3, 2, 0},
      {1, 3, 113, 31, 16, 3, 1, 1},
    };
    for (int[] n : sizes) {
      int height = (n[2] + 2 * n[7] - n[5]) / n[6] + 1;
      int width = (n[3] + 2 * n[7] - n[5]) / n[6] + 1;
      Tensor x = numbers(n[0], n[1], n[2], n[3]);
      Tensor weight = numbers(n[4], n[1], n[5], n[5]);
      Tensor gradient = numbers(n[0], n[4], height, width);
      int depth = n[1] * n[5] * n[5];
      cases.add(
          new Case(
              new Convolution.Convolve(n[6], n[7], true), depth + 1, x, weight, numbers(n[4])));
      cases.add(new Case(new Convolution.Convolve(n[6], n[7], false), depth, x, weight));
      cases.add(
          new Case(
              new Convolution.ConvolveInputGradient(n[6], n[7], n[2], n[3]),
              n[4] * n[5] * n[5],
              weight,
              gradient));
      cases.add(
          new Case(
              new Convolution.ConvolveWeightGradient(n[6], n[7], n[5], n[5]),
              n[0] * height * width,
              x,
              gradient));
    }
  }

  private static void basis(List<Case> cases) {
    for (int channels : new int[] {1, 12, 32, 48}) {
      for (int images : new int[] {1, 9}) {
        Tensor x = numbers(images, 33, channels);
        cases.add(new Case(new Basis.Transform(false), 33, numbers(31, 33), x));
        cases.add(new Case(new Basis.Transform(true), 33, numbers(33, 31), x));
        cases.add(
            new Case(new Basis.OuterSum(), images * channels, x, numbers(images, 65, channels)));
        residual(cases, images, 33, channels);
      }
    }
    // images, tokens, channels: none, one token, and more than the products' threads share
    int[][] sizes = {
      {0, 3, 2},
      {3, 0, 2},
      {1, 1, 1},
      {300, 1, 5},
      {2, 31, 16},
      {70, 31, 12},
      {1, 113, 7},
      {5, 150, 16},
      {2, 163, 31}
    };
    for (int[] n : sizes) {
      residual(cases, n[0], n[1], n[2]);
    }
  }

  private static void residual(List<Case> cases, int images, int tokens, int channels) {
    Tensor square = Ops.scale(numbers(tokens, tokens), 0.3);
    Tensor x = numbers(images, tokens, channels);
    Tensor prediction = numbers(images, tokens, channels);
    cases.add(new Case(new Basis.ResidualLoss(), 1000, square, x, prediction));
    Tensor gradient = Ops.fill(Shape.SCALAR, DType.F32, 3000);
    cases.add(new Case(new Basis.ResidualLossGradient(), 1000, square, x, prediction, gradient));
  }

  private static void generation(List<Case> cases) {
    for (DType dtype : DType.values()) {
      cases.add(new Case(new Generation.Fill(Shape.of(31, 67), dtype, 3), 0));
    }
    for (DType dtype : List.of(DType.F32, DType.F64)) {
      cases.add(new Case(new Generation.Normal(Shape.of(31, 67), dtype, 2), 0, state()));
      cases.add(new Case(new Generation.Uniform(Shape.of(31, 67), dtype, 2), 0, state()));
    }
    cases.add(new Case(new Generation.Dropout(0.3, 7), 0, numbers(9001), state()));
  }

  private static Tensor[] results(Op op, Tensor[] inputs) {
    Op.Output[] inferred = op.infer(inputs);
    Tensor[] results = new Tensor[inferred.length];
    for (int i = 0; i < results.length; i++) {
      results[i] =
          Ops.fill(
              inferred[i].shape(),
              inferred[i].dtype(),
              inferred[i].dtype().isFloating() ? Double.NaN : 99);
    }
    return results;
  }

  private static Tensor[] plain(Op op, Tensor... inputs) {
    Tensor[] results = results(op, inputs);
    PlainKernels.prepare(op, inputs, results).run();
    return results;
  }

  private static Tensor[] fast(Op op, Tensor... inputs) {
    Tensor[] results = results(op, inputs);
    Launch launch = FastKernels.prepare(op, inputs, results);
    if (launch == null) {
      throw new AssertionError("no fast kernel of " + op);
    }
    launch.run();
    launch.run(); // a replay starts from what the first run left behind
    return results;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void fastEqualsPlain(Case test) {
    try (Scope _ = Scope.open()) {
      Tensor[] expected = plain(test.op, test.inputs());
      Tensor[] actual = fast(test.op, test.inputs());
      for (int i = 0; i < expected.length; i++) {
        assertClose(test, i, actual[i], expected[i]);
      }
    }
  }

  private static void assertClose(Case test, int result, Tensor actual, Tensor expected) {
    double[] have = actual.toDoubles();
    double[] want = expected.toDoubles();
    double scale = 0;
    for (double value : want) {
      scale = Math.max(scale, Math.abs(value));
    }
    boolean exact =
        test.op instanceof Generation.Normal
            || test.op instanceof Generation.Uniform
            || test.op instanceof Elementwise.Cast
            || (test.op instanceof Movement && test.terms == 0);
    Tolerance tolerance = Tolerance.of(actual.dtype(), test.terms, scale);
    for (int i = 0; i < want.length; i++) {
      if (exact ? have[i] != want[i] : !tolerance.accepts(have[i], want[i])) {
        assertThat(have[i])
            .as("%s: element %d of result %d (scale %s)", test, i, result, scale)
            .isEqualTo(want[i]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void threadsDoNotChangeTheBits(Case test) {
    int before = Workers.threads();
    try (Scope _ = Scope.open()) {
      Workers.configure(1);
      Tensor[] alone = fast(test.op, test.inputs());
      for (int threads = 2; threads <= 3; threads++) {
        Workers.configure(threads);
        Tensor[] together = fast(test.op, test.inputs());
        for (int i = 0; i < alone.length; i++) {
          assertThat(together[i].toDoubles()).isEqualTo(alone[i].toDoubles());
        }
      }
    } finally {
      Workers.configure(before);
    }
  }

  @Test
  void everyOperationOfTheTableHasAFastKernel() {
    for (OpCase opCase : OpCases.all()) {
      if (opCase.op() instanceof CustomOp || opCase.op() instanceof Movement.View) {
        continue;
      }
      try (Scope _ = Scope.open()) {
        Tensor[] inputs = opCase.inputs(DType.F32);
        Op op = opCase.op(DType.F32);
        boolean found = FastKernels.prepare(op, inputs, results(op, inputs)) != null;
        assertThat(found)
            .as("fast kernel of %s", opCase)
            .isEqualTo(!repeatsBoth(op, inputs) && !scans(op));
      }
    }
  }

  /** The scan form is there to check the closed one and is left to plain loops. */
  private static boolean scans(Op op) {
    return switch (op) {
      case Basis.ResidualLoss(Basis.ResidualForm form) -> form == Basis.ResidualForm.SCAN;
      case Basis.ResidualLossGradient(Basis.ResidualForm form) -> form == Basis.ResidualForm.SCAN;
      default -> false;
    };
  }

  /** Products whose operands are both repeated, along different axes, are left to plain ones. */
  private static boolean repeatsBoth(Op op, Tensor[] inputs) {
    if (!(op instanceof Matrix.MatMul)) {
      return false;
    }
    int batch = op.infer(inputs)[0].shape().without(-1).without(-1).size();
    for (Tensor input : inputs) {
      int own = input.shape().without(-1).without(-1).size();
      if (own != 1 && own != batch) {
        return true;
      }
    }
    return false;
  }

  @Test
  void otherDtypesAreLeftToPlainKernels() {
    try (Scope _ = Scope.open()) {
      for (DType dtype : List.of(DType.F64, DType.BF16)) {
        Tensor x = Ops.cast(numbers(3), dtype);
        Op op = new Elementwise.Binary(BinaryKind.ADD);
        Tensor[] inputs = {x, x};
        assertThat(FastKernels.prepare(op, inputs, results(op, inputs))).isNull();
      }
    }
  }
}
