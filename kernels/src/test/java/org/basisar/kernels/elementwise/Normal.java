package org.basisar.kernels.elementwise;

/** The normal distribution in fp64, for |x| below 6. */
final class Normal {
  private Normal() {}

  static double density(double x) {
    return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  }

  /** Φ(x) = ½ + φ(x) (x + x³/3 + x⁵/(3·5) + …), a series without cancellation. */
  static double below(double x) {
    double term = x;
    double sum = 0;
    for (int n = 1; n < 120; n++) {
      sum += term;
      term *= x * x / (2 * n + 1);
    }
    return 0.5 + density(x) * sum;
  }
}
