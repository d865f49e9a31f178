package org.basisar.bar.metrics;

import org.basisar.tensor.LinearAlgebra;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;

/**
 * The squared 2-Wasserstein distance of two normal distributions fitted to features, ‖μ₁−μ₂‖² + tr
 * Σ₁ + tr Σ₂ − 2·tr (Σ₁Σ₂)^½, covariances unbiased: the formula of the Fréchet inception distance.
 */
public final class FrechetDistance {
  private FrechetDistance() {}

  /** Mean and covariance. */
  public static final class Gaussian {
    private final double[] mean;
    private final double[] covariance;

    /**
     * Wraps arrays.
     *
     * @param mean [width]
     * @param covariance row-major [width, width], symmetric
     */
    public Gaussian(double[] mean, double[] covariance) {
      this.mean = mean;
      this.covariance = covariance;
    }

    /** The mean, [width]. */
    public double[] mean() {
      return mean;
    }

    /** The covariance, row-major [width, width]. */
    public double[] covariance() {
      return covariance;
    }

    /**
     * Fits a normal distribution.
     *
     * @throws IllegalArgumentException for fewer than two rows
     */
    public static Gaussian of(Features features) {
      int n = features.count();
      int d = features.width();
      if (n < 2) {
        throw new IllegalArgumentException("a covariance needs two images or more, not " + n);
      }
      double[] mean = new double[d];
      for (int row = 0; row < n; row++) {
        for (int i = 0; i < d; i++) {
          mean[i] += features.at(row, i) / n;
        }
      }
      double[] covariance = new double[d * d];
      double[] centred = new double[d];
      for (int row = 0; row < n; row++) {
        for (int i = 0; i < d; i++) {
          centred[i] = features.at(row, i) - mean[i];
        }
        for (int i = 0; i < d; i++) {
          for (int j = 0; j <= i; j++) {
            covariance[i * d + j] += centred[i] * centred[j] / (n - 1);
          }
        }
      }
      for (int i = 0; i < d; i++) {
        for (int j = 0; j < i; j++) {
          covariance[j * d + i] = covariance[i * d + j];
        }
      }
      return new Gaussian(mean, covariance);
    }
  }

  /** The distance of two sets of features of one width. */
  public static double between(Features left, Features right) {
    Features.requireSameWidth(left, right);
    return between(Gaussian.of(left), Gaussian.of(right));
  }

  /** The distance of two normal distributions. */
  public static double between(Gaussian left, Gaussian right) {
    int d = left.mean().length;
    double distance = 0;
    for (int i = 0; i < d; i++) {
      double difference = left.mean()[i] - right.mean()[i];
      distance +=
          difference * difference + left.covariance()[i * d + i] + right.covariance()[i * d + i];
    }
    return distance - 2 * traceOfRoot(left.covariance(), right.covariance(), d);
  }

  /**
   * tr (Σ₁Σ₂)^½ as the trace of the root of Σ₁^½·Σ₂·Σ₁^½, which has the same eigenvalues and is
   * symmetric, so that no complex root can arise.
   */
  private static double traceOfRoot(double[] first, double[] second, int d) {
    try (Scope _ = Scope.open()) {
      LinearAlgebra.Eigen eigen = LinearAlgebra.symmetricEigen(Tensor.of(first, d, d));
      double[] roots = eigen.values().toDoubles();
      for (int i = 0; i < d; i++) {
        roots[i] = Math.sqrt(Math.max(0, roots[i]));
      }
      Tensor scaled = Ops.mul(Tensor.of(roots, d, 1), eigen.vectors()); // √λ_i · row i
      Tensor inner = Ops.matmul(Ops.matmul(scaled, Tensor.of(second, d, d)), false, scaled, true);
      double trace = 0;
      for (double value : LinearAlgebra.symmetricEigen(inner).values().toDoubles()) {
        trace += Math.sqrt(Math.max(0, value));
      }
      return trace;
    }
  }
}
