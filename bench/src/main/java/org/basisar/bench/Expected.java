package org.basisar.bench;

import java.util.SplittableRandom;
import org.basisar.autograd.Tape;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;

/**
 * What results must be, by plain loops in fp64; every benchmark looks at its result before it is
 * timed.
 */
public final class Expected {
  private static final int SAMPLES = 200;

  private Expected() {}

  /**
   * Checks some elements of matrix products.
   *
   * @throws IllegalStateException naming the first that is wrong
   */
  public static void gemm(GemmCase shape, float[] a, float[] b, float[] c) {
    SplittableRandom random = new SplittableRandom(4);
    for (int sample = 0; sample < SAMPLES; sample++) {
      int batch = random.nextInt(shape.batch());
      int i = random.nextInt(shape.m());
      int j = random.nextInt(shape.n());
      double sum = 0;
      double size = 0;
      for (int p = 0; p < shape.k(); p++) {
        int left = shape.transposeA() ? p * shape.m() + i : i * shape.k() + p;
        int right = shape.transposeB() ? j * shape.k() + p : p * shape.n() + j;
        double term =
            (double) a[batch * shape.m() * shape.k() + left]
                * b[batch * shape.k() * shape.n() + right];
        sum += term;
        size += Math.abs(term);
      }
      float actual = c[(batch * shape.m() + i) * shape.n() + j];
      near("element (" + batch + ", " + i + ", " + j + ")", sum, actual, 1e-5 * size);
    }
  }

  /** Attention of one image and head, and its gradients, each [N, hd]. */
  public static final class Attention {
    private final double[] output;
    private final double[] query;
    private final double[] key;
    private final double[] value;

    private Attention(int size) {
      output = new double[size];
      query = new double[size];
      key = new double[size];
      value = new double[size];
    }

    /** The output. */
    public double[] output() {
      return output;
    }

    /** ∂L/∂query. */
    public double[] query() {
      return query;
    }

    /** ∂L/∂key. */
    public double[] key() {
      return key;
    }

    /** ∂L/∂value. */
    public double[] value() {
      return value;
    }
  }

  /** Attention of one image and head of a case under the output gradient. */
  public static Attention attention(AttentionCase shape, int image, int head) {
    int tokens = shape.tokens();
    int width = AttentionCase.HEAD_WIDTH;
    double[] q = headOf(shape.query(), shape, image, head);
    double[] k = headOf(shape.key(), shape, image, head);
    double[] v = headOf(shape.value(), shape, image, head);
    double[] gradient = headOf(shape.gradient(), shape, image, head);
    double scale = 1 / Math.sqrt(width);
    Attention result = new Attention(tokens * width);
    for (int i = 0; i < tokens; i++) {
      int seen = (i / shape.cellTokens() + 1) * shape.cellTokens();
      double[] p = new double[seen];
      double total = 0;
      for (int j = 0; j < seen; j++) {
        p[j] = Math.exp(scale * dot(q, i, k, j, width));
        total += p[j];
      }
      double mean = 0;
      for (int j = 0; j < seen; j++) {
        p[j] /= total;
        addTo(result.output(), i, p[j], v, j, width);
        addTo(result.value(), j, p[j], gradient, i, width);
        mean += p[j] * dot(gradient, i, v, j, width);
      }
      for (int j = 0; j < seen; j++) {
        double score = scale * p[j] * (dot(gradient, i, v, j, width) - mean);
        addTo(result.query(), i, score, k, j, width);
        addTo(result.key(), j, score, q, i, width);
      }
    }
    return result;
  }

  /** One head of [B, N, heads·hd] as [N, hd]. */
  private static double[] headOf(HostTensor x, AttentionCase shape, int image, int head) {
    return headOf(x.values(), shape, image, head);
  }

  /** One head of [B, N, heads·hd] as [N, hd]. */
  public static double[] headOf(float[] x, AttentionCase shape, int image, int head) {
    int width = AttentionCase.HEAD_WIDTH;
    double[] result = new double[shape.tokens() * width];
    for (int t = 0; t < shape.tokens(); t++) {
      for (int d = 0; d < width; d++) {
        int token = image * shape.tokens() + t;
        result[t * width + d] = x[(token * AttentionCase.HEADS + head) * width + d];
      }
    }
    return result;
  }

  private static double dot(double[] a, int row, double[] b, int other, int width) {
    double sum = 0;
    for (int d = 0; d < width; d++) {
      sum += a[row * width + d] * b[other * width + d];
    }
    return sum;
  }

  private static void addTo(
      double[] target, int row, double factor, double[] source, int other, int width) {
    for (int d = 0; d < width; d++) {
      target[row * width + d] += factor * source[other * width + d];
    }
  }

  /** Modulated RMS norm of one token, and its gradient, each [D]. */
  public static final class Normalized {
    private final double[] output;
    private final double[] gradient;

    private Normalized(int size) {
      output = new double[size];
      gradient = new double[size];
    }

    /** The output. */
    public double[] output() {
      return output;
    }

    /** ∂L/∂x. */
    public double[] gradient() {
      return gradient;
    }
  }

  /** rms(x)·(1 + scale) + shift of a token. */
  public static Normalized normalized(NormCase inputs, int image, int token) {
    int width = NormCase.WIDTH;
    int at = (image * NormCase.TOKENS + token) * width;
    int cell = token / (NormCase.TOKENS / NormCase.CELLS);
    int row = (image * NormCase.CELLS + cell) * width;
    float[] x = inputs.x().values();
    double square = 0;
    double along = 0;
    for (int d = 0; d < width; d++) {
      square += (double) x[at + d] * x[at + d];
      along += x[at + d] * inner(inputs, at, row, d);
    }
    double inverse = 1 / Math.sqrt(square / width + StepCase.NORM_EPSILON);
    Normalized result = new Normalized(width);
    for (int d = 0; d < width; d++) {
      result.output()[d] =
          x[at + d] * inverse * (1 + inputs.scale().values()[row + d])
              + inputs.shift().values()[row + d];
      result.gradient()[d] =
          inverse * inner(inputs, at, row, d)
              - inverse * inverse * inverse * along / width * x[at + d];
    }
    return result;
  }

  private static double inner(NormCase inputs, int at, int row, int d) {
    return inputs.gradient().values()[at + d] * (1 + inputs.scale().values()[row + d]);
  }

  /** A·x of a case, [B, N, C]. */
  public static double[] transform(TokenCase of) {
    int[] straight = new int[of.tokens()];
    for (int i = 0; i < straight.length; i++) {
      straight[i] = i;
    }
    return HostTransform.expected(of, wide(of.basis().values()), wide(of.x().values()), straight);
  }

  /** The residual loss of a case by its definition. */
  public static final class Residual {
    private final double value;
    private final double[] gradient;

    private Residual(double value, double[] gradient) {
      this.value = value;
      this.gradient = gradient;
    }

    /** The loss. */
    public double value() {
      return value;
    }

    /** ∂L/∂A, [N, N], explicitly and not through the prediction. */
    public double[] gradient() {
      return gradient.clone();
    }
  }

  /** The residual loss of a case, by our fp64. */
  public static Residual residual(TokenCase of) {
    try (Scope _ = Scope.open();
        Tape tape = Tape.open()) {
      Tensor a = EngineStep.tensor(DType.F64, of.basis());
      tape.watch(a);
      Tensor loss =
          Ops.residualLoss(
              a,
              EngineStep.tensor(DType.F64, of.x()),
              EngineStep.tensor(DType.F64, of.prediction()));
      return new Residual(loss.item(), tape.backward(loss).of(a).toDoubles());
    }
  }

  /** Compares arrays, {@code actual} from an offset on. */
  public static void near(
      String what, double[] expected, double[] actual, int offset, double tolerance) {
    for (int i = 0; i < expected.length; i++) {
      near(what + " at " + i, expected[i], actual[offset + i], tolerance);
    }
  }

  /**
   * Compares numbers.
   *
   * @throws IllegalStateException if they differ by more than the tolerance
   */
  public static void near(String what, double expected, double actual, double tolerance) {
    if (!(Math.abs(expected - actual) <= tolerance)) {
      throw new IllegalStateException(
          what + " is " + actual + ", but must be " + expected + " within " + tolerance);
    }
  }

  /** Widens. */
  public static double[] wide(float[] values) {
    double[] result = new double[values.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = values[i];
    }
    return result;
  }
}
