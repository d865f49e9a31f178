package org.basisar.tensor.cpu;

/**
 * The standard normal distribution in fp64, with a relative error of a few units in the last place
 * also far in the tails.
 *
 * <p>Rational minimax approximations of the error function: W. J. Cody, Rational Chebyshev
 * approximations for the error function, Math. Comp. 23 (1969).
 */
final class NormalDistribution {
  private static final double HALF_SQRT = 0.7071067811865476;
  private static final double INVERSE_SQRT_TWO_PI = 0.3989422804014327;
  private static final double INVERSE_SQRT_PI = 0.5641895835477563;

  // erf(z)/z in z² for z ≤ 0.46875; constant terms last.
  private static final double[] NEAR_TOP = {
    0.18577770618460315,
    3.1611237438705655,
    113.86415415105016,
    377.485237685302,
    3209.3775891384694
  };
  private static final double[] NEAR_BOTTOM = {
    1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171
  };

  // exp(z²)·erfc(z) in z for z ≤ 4.
  private static final double[] MIDDLE_TOP = {
    2.1531153547440383e-8,
    0.5641884969886701,
    8.883149794388377,
    66.11919063714163,
    298.6351381974001,
    881.952221241769,
    1712.0476126340707,
    2051.0783778260716,
    1230.3393547979972
  };
  private static final double[] MIDDLE_BOTTOM = {
    1,
    15.744926110709835,
    117.6939508913125,
    537.1811018620099,
    1621.3895745666903,
    3290.7992357334597,
    4362.619090143247,
    3439.3676741437216,
    1230.3393548037495
  };

  // (1/√π − z·exp(z²)·erfc(z))·z² in 1/z² for z > 4.
  private static final double[] FAR_TOP = {
    0.016315387137302097,
    0.30532663496123236,
    0.36034489994980445,
    0.12578172611122926,
    0.016083785148742275,
    0.0006587491615298378
  };
  private static final double[] FAR_BOTTOM = {
    1,
    2.568520192289822,
    1.8729528499234673,
    0.5279051029514285,
    0.06051834131244132,
    0.0023352049762686918
  };

  private NormalDistribution() {}

  /** The probability of a number below {@code x}. */
  static double cumulative(double x) {
    double z = Math.abs(x) * HALF_SQRT;
    if (z <= 0.46875) {
      double erf = z * polynomial(NEAR_TOP, z * z) / polynomial(NEAR_BOTTOM, z * z);
      return 0.5 + Math.copySign(0.5 * erf, x);
    }
    if (Double.isNaN(x)) {
      return x;
    }
    double tail = z > 28 ? 0 : 0.5 * expOfHalfSquare(x) * scaledComplement(z);
    return x > 0 ? 1 - tail : tail;
  }

  /** The density at {@code x}. */
  static double density(double x) {
    return INVERSE_SQRT_TWO_PI * Math.exp(-0.5 * x * x);
  }

  /** exp(z²)·erfc(z) for z > 0.46875. */
  private static double scaledComplement(double z) {
    if (z <= 4) {
      return polynomial(MIDDLE_TOP, z) / polynomial(MIDDLE_BOTTOM, z);
    }
    double u = 1 / (z * z);
    double correction = u * polynomial(FAR_TOP, u) / polynomial(FAR_BOTTOM, u);
    return (INVERSE_SQRT_PI - correction) / z;
  }

  /** exp(−x²/2), with the square split so that its rounding error is not magnified. */
  private static double expOfHalfSquare(double x) {
    double head = Math.rint(x * 16) / 16;
    double rest = (x - head) * (x + head);
    return Math.exp(-0.5 * head * head) * Math.exp(-0.5 * rest);
  }

  private static double polynomial(double[] coefficients, double x) {
    double sum = 0;
    for (double coefficient : coefficients) {
      sum = sum * x + coefficient;
    }
    return sum;
  }
}
