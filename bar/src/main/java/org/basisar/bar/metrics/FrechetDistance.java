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
  /** Rows that are multiplied at a time. */
  private static final int BLOCK = 2048;

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

    /** Numbers of the mean. */
    public int width() {
      return mean.length;
    }

    /** Rounding may differ on the two sides of the diagonal. */
    private static void symmetrise(double[] matrix, int d) {
      for (int i = 0; i < d; i++) {
        for (int j = 0; j < i; j++) {
          double both = (matrix[i * d + j] + matrix[j * d + i]) / 2;
          matrix[i * d + j] = both;
          matrix[j * d + i] = both;
        }
      }
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
      for (int first = 0; first < n; first += BLOCK) {
        int rows = Math.min(BLOCK, n - first);
        double[] centred = new double[rows * d];
        for (int i = 0; i < centred.length; i++) {
          centred[i] = features.at(first + i / d, i % d) - mean[i % d];
        }
        try (Scope _ = Scope.open()) {
          Tensor block = Tensor.of(centred, rows, d);
          double[] products = Ops.matmul(block, true, block, false).toDoubles();
          for (int i = 0; i < covariance.length; i++) {
            covariance[i] += products[i] / (n - 1);
          }
        }
      }
      symmetrise(covariance, d);
      return new Gaussian(mean, covariance);
    }
  }

  /** The distance of two sets of features of one width. */
  public static double between(Features left, Features right) {
    Features.requireSameWidth(left, right);
    return between(Gaussian.of(left), Gaussian.of(right));
  }

  /**
   * The distance of two normal distributions.
   *
   * @throws IllegalArgumentException if their widths differ
   */
  public static double between(Gaussian left, Gaussian right) {
    int d = left.width();
    if (right.width() != d) {
      throw new IllegalArgumentException(
          "statistics of " + d + " and " + right.width() + " features cannot be compared");
    }
    double distance = 0;
    for (int i = 0; i < d; i++) {
      double difference = left.mean()[i] - right.mean()[i];
      distance +=
          difference * difference + left.covariance()[i * d + i] + right.covariance()[i * d + i];
    }
    return distance - 2 * traceOfRoot(left.covariance(), right.covariance(), d);
  }

  /**
   * tr (Σ₁Σ₂)^½ as the trace of the root of Lᵀ·Σ₂·L with L·Lᵀ = Σ₁, which has the same eigenvalues
   * but for zeros and is symmetric, so that no complex root can arise and no eigenvector is needed.
   */
  private static double traceOfRoot(double[] first, double[] second, int d) {
    SemidefiniteFactor factor = SemidefiniteFactor.of(first, d);
    if (factor.rank() == 0) {
      return 0;
    }
    try (Scope _ = Scope.open()) {
      Tensor left = Tensor.of(factor.values(), d, factor.rank());
      Tensor inner = Ops.matmul(left, true, Ops.matmul(Tensor.of(second, d, d), left), false);
      double trace = 0;
      for (double value : LinearAlgebra.symmetricEigenvalues(inner).toDoubles()) {
        trace += Math.sqrt(Math.max(0, value));
      }
      return trace;
    }
  }
}
