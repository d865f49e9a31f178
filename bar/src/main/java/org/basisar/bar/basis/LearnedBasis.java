package org.basisar.bar.basis;

import java.util.Arrays;
import org.basisar.nn.Module;
import org.basisar.nn.Parameter;
import org.basisar.nn.Setup;
import org.basisar.tensor.DType;
import org.basisar.tensor.LinearAlgebra;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/**
 * The matrix A of the paper, rows a_k; parameter {@code A}, [N, N] if it is learned, [N', N] for a
 * fixed transform with another number of coefficients. It acts on the token axis of a sequence in
 * cell order: Y = A·X (eq. 4), the same for every channel and image.
 */
public final class LearnedBasis extends Module {
  /**
   * Singular values below this share of the greatest count as zero: A is kept in fp32, in which
   * rows that depend on each other do so only up to rounding.
   */
  private static final double RANK_CUT = 1e-5;

  /**
   * Damping of a prefix of rows, as a share of the greatest singular value: levels of a pyramid
   * nearly repeat each other, and what they hardly tell apart would be made of nothing but the
   * errors of generated coefficients.
   */
  private static final double DAMPING = 0.15;

  private final Parameter matrix; // [N', N]
  private final boolean learned;

  /**
   * A learned basis that starts from given values.
   *
   * @param initial row-major [N, N]
   */
  public LearnedBasis(Setup setup, int tokens, double[] initial) {
    this(setup, tokens, initial, true);
  }

  /**
   * A basis, learned or fixed.
   *
   * @param initial row-major [N', N]
   */
  public LearnedBasis(Setup setup, int tokens, double[] initial, boolean learned) {
    this.learned = learned;
    matrix =
        parameter(
            setup,
            "A",
            Shape.of(initial.length / tokens, tokens),
            (shape, dtype, _) -> Tensor.of(dtype, initial, shape.dims()));
  }

  /** Whether A is trained, and so in need of being kept near the orthogonal matrices. */
  public boolean learned() {
    return learned;
  }

  /** A, [N', N]. */
  public Parameter matrix() {
    return matrix;
  }

  /** N', the number of coefficients. */
  public int rows() {
    return matrix.shape().dim(0);
  }

  /** N, the number of tokens. */
  public int tokens() {
    return matrix.shape().dim(1);
  }

  /** A·x [B, N', C] for x [B, N, C]. */
  public Tensor forward(Tensor x) {
    return Ops.basisTransform(matrix.tensor(), x, false);
  }

  /**
   * Coefficients, and the same mixed with noise.
   *
   * @param clean Y = A·X
   * @param noisy Y_t = (1 − t)·Y + t·ε
   */
  public record Coefficients(Tensor clean, Tensor noisy) {}

  /**
   * A·x and its mixture with noise in one operation.
   *
   * @param a [N', N]
   * @param x [B, N, C]
   * @param noise [B, N', C]
   * @param time [B, G], G dividing N'
   */
  static Coefficients noised(Tensor a, Tensor x, Tensor noise, Tensor time) {
    Tensor[] both = Ops.noisyTransform(a, x, noise, time);
    return new Coefficients(both[0], both[1]);
  }

  /** ‖A·Aᵀ − I‖_F, by which {@link Projection} knows that A is in the band. */
  public Tensor deviationNorm() {
    return Ops.orthogonality(matrix.tensor())[1];
  }

  /** ‖A·Aᵀ − I‖_F in fp64 on the host, for any number of rows. */
  public double measuredDeviation() {
    try (Scope _ = Scope.open()) {
      Tensor a = Ops.cast(matrix.tensor(), DType.F64);
      Tensor identity = Tensor.of(identity(rows()), rows(), rows());
      return Ops.norm(Ops.sub(Ops.matmul(a, false, a, true), identity)).item();
    }
  }

  /**
   * The mean over entries of (A·Aᵀ − I)², the paper's regulariser as Algorithm 1 writes it; §3.5's
   * is N² times that.
   */
  public Tensor regularizer() {
    return Ops.orthogonality(matrix.tensor())[0];
  }

  /** The identity, row-major. */
  public static double[] identity(int tokens) {
    double[] values = new double[tokens * tokens];
    for (int i = 0; i < tokens; i++) {
      values[i * tokens + i] = 1;
    }
    return values;
  }

  /** A as doubles, row-major. */
  public double[] values() {
    return matrix.tensor().toDoubles();
  }

  /** Overwrites A. */
  public void set(double[] values) {
    try (Scope _ = Scope.open()) {
      Tensor a = matrix.tensor();
      Ops.copyInto(a, Tensor.of(a.dtype(), values, a.shape().dims()));
    }
  }

  /**
   * The coefficients A·X in fp64.
   *
   * @param tokens [B, N, C] in sequence order
   * @return [B, N', C]
   */
  public double[] encode(double[] tokens, int batch) {
    try (Scope _ = Scope.open()) {
      return transform(Ops.cast(matrix.tensor(), DType.F64), tokens, batch, false);
    }
  }

  /**
   * Tokens back from all coefficients: X = A⁻¹·Y by LU in fp64, and by the pseudo-inverse if A is
   * not square.
   *
   * @param coefficients [B, N', C] in sequence order
   * @return [B, N, C]
   * @throws org.basisar.tensor.SingularMatrixException if a square A cannot be inverted
   */
  public double[] decode(double[] coefficients, int batch) {
    if (rows() != tokens()) {
      return decodePrefix(coefficients, batch, rows());
    }
    try (Scope _ = Scope.open()) {
      Tensor a = Ops.cast(matrix.tensor(), DType.F64);
      return transform(LinearAlgebra.inverse(a), coefficients, batch, false);
    }
  }

  /**
   * Tokens back from all coefficients by the transpose: X = Aᵀ·Y, which is {@link #decode} for an
   * orthogonal A. An A that is not square is undone by the pseudo-inverse here too.
   *
   * @param coefficients [B, N', C] in sequence order
   * @return [B, N, C]
   */
  public double[] decodeTransposed(double[] coefficients, int batch) {
    return decodePrefix(coefficients, batch, rows());
  }

  /**
   * The image that the first {@code count} coefficients describe: Σ_{l&lt;count} y_l a_l, by Aᵀ as
   * in the residual loss (eq. 10). The rows of an A that is not square are not orthonormal in
   * general; then it is the image of least size among those nearest to having these coefficients,
   * damped where a prefix hardly tells.
   *
   * @param coefficients [B, N', C] in sequence order
   * @return [B, N, C]
   */
  public double[] decodePrefix(double[] coefficients, int batch, int count) {
    int rows = rows();
    int used = Math.min(count, rows);
    int channels = coefficients.length / (batch * rows);
    if (used == 0) {
      return new double[batch * tokens() * channels];
    }
    double[] kept = new double[batch * used * channels];
    for (int image = 0; image < batch; image++) {
      int size = used * channels;
      System.arraycopy(coefficients, image * rows * channels, kept, image * size, size);
    }
    try (Scope _ = Scope.open()) {
      Tensor first = Ops.cast(matrix.tensor(), DType.F64).slice(0, 0, used);
      return rows == tokens()
          ? transform(first, kept, batch, true)
          : transform(pseudoInverse(first, used < rows ? DAMPING : 0), kept, batch, false);
    }
  }

  private static Tensor pseudoInverse(Tensor a, double damping) {
    LinearAlgebra.Svd svd = LinearAlgebra.svd(a);
    double[] values = svd.singularValues().toDoubles();
    double cut = RANK_CUT * values[0];
    double ridge = damping * values[0] * damping * values[0];
    Arrays.setAll(values, i -> values[i] > cut ? values[i] / (values[i] * values[i] + ridge) : 0);
    return Ops.matmul(svd.vt(), true, Ops.mul(svd.u(), Tensor.of(values, 1, values.length)), true);
  }

  /** The product with a [m, n], or its transpose, on the token axis. */
  private static double[] transform(Tensor a, double[] values, int batch, boolean transposed) {
    int tokens = a.shape().dim(transposed ? 0 : 1);
    int channels = values.length / (batch * tokens);
    return Ops.basisTransform(a, Tensor.of(values, batch, tokens, channels), transposed)
        .toDoubles();
  }
}
