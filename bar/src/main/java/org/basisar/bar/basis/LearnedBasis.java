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
 * The learned matrix A of the paper, rows a_k; parameter {@code A} [N, N]. It acts on the token
 * axis of a sequence in cell order: Y = A·X (eq. 4), the same for every channel and image.
 */
public final class LearnedBasis extends Module {
  private final Parameter matrix; // [N, N]

  /**
   * A basis that starts from given values.
   *
   * @param initial row-major [N, N]
   */
  public LearnedBasis(Setup setup, int tokens, double[] initial) {
    matrix =
        parameter(
            setup,
            "A",
            Shape.of(tokens, tokens),
            (shape, dtype, _) -> Tensor.of(dtype, initial, shape.dims()));
  }

  /** A, [N, N]. */
  public Parameter matrix() {
    return matrix;
  }

  /** A·x for x [B, N, C]. */
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
   * @param x [B, N, C]
   * @param noise [B, N, C]
   * @param time [B, cells]
   */
  public Coefficients forward(Tensor x, Tensor noise, Tensor time) {
    Tensor[] both = Ops.noisyTransform(matrix.tensor(), x, noise, time);
    return new Coefficients(both[0], both[1]);
  }

  /** ‖A·Aᵀ − I‖_F, by which {@link Projection} knows that A is in the band. */
  public Tensor deviationNorm() {
    return Ops.orthogonality(matrix.tensor())[1];
  }

  /** The mean over entries of (A·Aᵀ − I)², the paper's regulariser as its Algorithm 1 writes it. */
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
   * Tokens back from all coefficients: X = A⁻¹·Y, by LU in fp64.
   *
   * @param coefficients [B, N, C] in sequence order
   * @return [B, N, C]
   * @throws org.basisar.tensor.SingularMatrixException if A cannot be inverted
   */
  public double[] decode(double[] coefficients, int batch) {
    try (Scope _ = Scope.open()) {
      Tensor a = Ops.cast(matrix.tensor(), DType.F64);
      return transform(LinearAlgebra.inverse(a), coefficients, batch, false);
    }
  }

  /**
   * Tokens back from all coefficients by the transpose: X = Aᵀ·Y, which is {@link #decode} for an
   * orthogonal A.
   *
   * @param coefficients [B, N, C] in sequence order
   * @return [B, N, C]
   */
  public double[] decodeTransposed(double[] coefficients, int batch) {
    return decodePrefix(coefficients, batch, matrix.shape().dim(0));
  }

  /**
   * The image that the first {@code count} coefficients describe: Σ_{l&lt;count} y_l a_l, by Aᵀ as
   * in the residual loss (eq. 10).
   *
   * @param coefficients [B, N, C] in sequence order
   * @return [B, N, C]
   */
  public double[] decodePrefix(double[] coefficients, int batch, int count) {
    try (Scope _ = Scope.open()) {
      Tensor a = Ops.cast(matrix.tensor(), DType.F64);
      int tokens = a.shape().dim(0);
      int channels = coefficients.length / (batch * tokens);
      double[] kept = coefficients.clone();
      for (int image = 0; image < batch; image++) {
        int from = (image * tokens + Math.min(count, tokens)) * channels;
        Arrays.fill(kept, from, (image + 1) * tokens * channels, 0);
      }
      return transform(a, kept, batch, true);
    }
  }

  private static double[] transform(Tensor a, double[] values, int batch, boolean transposed) {
    int tokens = a.shape().dim(0);
    int channels = values.length / (batch * tokens);
    return Ops.basisTransform(a, Tensor.of(values, batch, tokens, channels), transposed)
        .toDoubles();
  }
}
