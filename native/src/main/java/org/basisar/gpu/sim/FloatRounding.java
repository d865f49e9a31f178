package org.basisar.gpu.sim;

/**
 * Rounding to odd: towards zero, and the last bit set if anything was lost. A value so rounded can
 * be rounded again, to a format at least two bits shorter, as if it had been exact.
 */
final class FloatRounding {
  private FloatRounding() {}

  /** To single. */
  static float toOdd(double x) {
    float nearest = (float) x;
    if (nearest == x || Double.isNaN(x) || Float.isInfinite(nearest)) {
      return nearest;
    }
    float towardsZero = nearest;
    if (Math.abs((double) nearest) > Math.abs(x)) {
      towardsZero = nearest > 0 ? Math.nextDown(nearest) : Math.nextUp(nearest);
    }
    return Float.intBitsToFloat(Float.floatToRawIntBits(towardsZero) | 1);
  }

  /** A sum, to double. */
  static double addToOdd(double x, double y) {
    double sum = x + y;
    double virtual = sum - x;
    double error = (x - (sum - virtual)) + (y - virtual);
    if (error == 0 || !Double.isFinite(sum)) {
      return sum;
    }
    double towardsZero = sum;
    if (error < 0 == sum > 0) {
      towardsZero = sum > 0 ? Math.nextDown(sum) : Math.nextUp(sum);
    }
    return Double.longBitsToDouble(Double.doubleToRawLongBits(towardsZero) | 1);
  }
}
