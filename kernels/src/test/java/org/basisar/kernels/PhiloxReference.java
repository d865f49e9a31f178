package org.basisar.kernels;

/** Philox4x32-10 as the kernels lay it out, by its definition. */
public final class PhiloxReference {
  private PhiloxReference() {}

  /**
   * The word of an element.
   *
   * @param state {seed low, seed high, step low, step high}
   */
  public static long word(int[] state, int call, long element) {
    long[] x = {
      (element >>> 2) & 0xffffffffL, call, state[2] & 0xffffffffL, state[3] & 0xffffffffL
    };
    int key0 = state[0];
    int key1 = state[1];
    for (int round = 0; round < 10; round++) {
      long product0 = 0xD2511F53L * x[0];
      long product1 = 0xCD9E8D57L * x[2];
      x =
          new long[] {
            ((product1 >>> 32) ^ x[1] ^ key0) & 0xffffffffL,
            product1 & 0xffffffffL,
            ((product0 >>> 32) ^ x[3] ^ key1) & 0xffffffffL,
            product0 & 0xffffffffL
          };
      key0 += 0x9E3779B9;
      key1 += 0xBB67AE85;
    }
    return x[(int) (element & 3)];
  }

  /** A uniform number in [0, 1), a multiple of 2^-24. */
  public static double uniform(int[] state, int call, long element) {
    return (word(state, call, element) >>> 8) * 0x1p-24;
  }

  /**
   * A standard normal number; in other than full precision the angle and the logarithm are fp32.
   */
  public static double normal(Rounding rounding, int[] state, int call, long element) {
    long even = element & ~1L;
    double logarithm = rounding.sum(Math.log((word(state, call, even) + 1) * 0x1p-32));
    double radius = rounding.sum(Math.sqrt(-2 * logarithm));
    double angle = rounding.sum(2 * Math.PI * rounding.sum(word(state, call, even + 1) * 0x1p-32));
    double side = (element & 1) == 0 ? Math.cos(angle) : Math.sin(angle);
    return rounding.sum(radius * rounding.sum(side));
  }
}
