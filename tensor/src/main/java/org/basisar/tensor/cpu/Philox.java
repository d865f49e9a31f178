package org.basisar.tensor.cpu;

/**
 * Counter-based random numbers: Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random
 * numbers: as easy as 1, 2, 3" (2011), and uniform and normal numbers made from it.
 *
 * <p>Element i of a fill is word {@code i mod 4} of the block with counter {@code (i / 4, call, low
 * word of step, high word of step)} and key {@code (low word of seed, high word of seed)}. Hence
 * any range may be computed by itself, by any thread, in any order. The two words of a normal pair
 * are those of elements 2j and 2j + 1.
 *
 * <p>Normal numbers are computed in fp64 by operations that are exactly rounded everywhere (add,
 * multiply, fused multiply-add, divide, square root), so their bits are the same on every machine;
 * fp32 numbers are the fp64 ones rounded.
 */
public final class Philox {
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final long WORD = 0xFFFFFFFFL;

  private static final double LN_2 = 0.6931471805599453;

  /** Angle of one unit of a 32-bit word. */
  private static final double UNIT_ANGLE = 6.283185307179586 * 0x1p-32;

  private Philox() {}

  /**
   * The four words of one counter.
   *
   * @param counter0 lowest word of the counter
   * @param counter1 second word
   * @param counter2 third word
   * @param counter3 highest word
   * @param key0 low word of the key
   * @param key1 high word of the key
   * @param out where the words go
   * @param offset position of the first word
   */
  public static void block(
      int counter0,
      int counter1,
      int counter2,
      int counter3,
      int key0,
      int key1,
      int[] out,
      int offset) {
    int x0 = counter0;
    int x1 = counter1;
    int x2 = counter2;
    int x3 = counter3;
    int k0 = key0;
    int k1 = key1;
    for (int round = 0; round < 10; round++) {
      long product0 = MULTIPLIER_0 * (x0 & WORD);
      long product1 = MULTIPLIER_1 * (x2 & WORD);
      x0 = (int) (product1 >>> 32) ^ x1 ^ k0;
      x1 = (int) product1;
      x2 = (int) (product0 >>> 32) ^ x3 ^ k1;
      x3 = (int) product0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    out[offset] = x0;
    out[offset + 1] = x1;
    out[offset + 2] = x2;
    out[offset + 3] = x3;
  }

  /**
   * Raw words.
   *
   * @param seed the key
   * @param step upper half of the counter, for example the training step
   * @param call second word of the counter: which fill of this step
   * @param first index of the first element wanted, at least 0 and less than 2^34
   * @param out where the numbers go
   * @param offset position of the first
   * @param count how many
   */
  public static void words(
      long seed, long step, int call, long first, int[] out, int offset, int count) {
    int[] block = Scratch.ofThread().block;
    for (int i = 0; i < count; ) {
      int lane = draw(seed, step, call, first + i, block);
      for (; lane < 4 && i < count; lane++, i++) {
        out[offset + i] = block[lane];
      }
    }
  }

  /** Uniform numbers in [0, 1), multiples of 2^-24; parameters as in {@link #words}. */
  public static void uniform(
      long seed, long step, int call, long first, float[] out, int offset, int count) {
    int[] block = Scratch.ofThread().block;
    for (int i = 0; i < count; ) {
      int lane = draw(seed, step, call, first + i, block);
      for (; lane < 4 && i < count; lane++, i++) {
        out[offset + i] = (block[lane] >>> 8) * 0x1p-24f;
      }
    }
  }

  /** The same numbers as the fp32 form; parameters as in {@link #words}. */
  public static void uniform(
      long seed, long step, int call, long first, double[] out, int offset, int count) {
    int[] block = Scratch.ofThread().block;
    for (int i = 0; i < count; ) {
      int lane = draw(seed, step, call, first + i, block);
      for (; lane < 4 && i < count; lane++, i++) {
        out[offset + i] = (block[lane] >>> 8) * 0x1p-24;
      }
    }
  }

  /**
   * Standard normal numbers by Box and Muller: for the words (w0, w1) of a pair, radius {@code
   * sqrt(-2 log((w0 + 1) / 2^32))} and angle {@code 2 pi w1 / 2^32}; the even element is radius
   * times cosine, the odd one radius times sine. Parameters as in {@link #words}.
   */
  public static void normal(
      long seed, long step, int call, long first, double[] out, int offset, int count) {
    int[] block = Scratch.ofThread().block;
    double[] values = Scratch.ofThread().normals;
    for (int i = 0; i < count; ) {
      int lane = draw(seed, step, call, first + i, block);
      normals(block, values);
      for (; lane < 4 && i < count; lane++, i++) {
        out[offset + i] = values[lane];
      }
    }
  }

  /** The numbers of the fp64 form, rounded; parameters as in {@link #words}. */
  public static void normal(
      long seed, long step, int call, long first, float[] out, int offset, int count) {
    int[] block = Scratch.ofThread().block;
    double[] values = Scratch.ofThread().normals;
    for (int i = 0; i < count; ) {
      int lane = draw(seed, step, call, first + i, block);
      normals(block, values);
      for (; lane < 4 && i < count; lane++, i++) {
        out[offset + i] = (float) values[lane];
      }
    }
  }

  /** Fills the block that holds an element; returns the element's word in it. */
  private static int draw(long seed, long step, int call, long element, int[] block) {
    block(
        (int) (element >>> 2),
        call,
        (int) step,
        (int) (step >>> 32),
        (int) seed,
        (int) (seed >>> 32),
        block,
        0);
    return (int) element & 3;
  }

  private static void normals(int[] words, double[] out) {
    for (int pair = 0; pair < 4; pair += 2) {
      double radius = Math.sqrt(-2 * logOfWord(words[pair]));
      int word = words[pair + 1];
      // the nearest multiple of a quarter turn, and what is left of the angle: at most an eighth of
      // a turn
      int quarter = (word + 0x20000000) >>> 30;
      double angle = (word - (quarter << 30)) * UNIT_ANGLE;
      double square = angle * angle;
      double cosine = cosine(square);
      double sine = sine(angle, square);
      out[pair] =
          radius
              * switch (quarter) {
                case 0 -> cosine;
                case 1 -> -sine;
                case 2 -> -cosine;
                default -> sine;
              };
      out[pair + 1] =
          radius
              * switch (quarter) {
                case 0 -> sine;
                case 1 -> cosine;
                case 2 -> -sine;
                default -> -cosine;
              };
    }
  }

  /**
   * log((word + 1) / 2^32): with {@code word + 1 = m 2^e}, m in [sqrt(1/2), sqrt(2)) and s = (m -
   * 1) / (m + 1), the series of 2 artanh(s).
   */
  private static double logOfWord(int word) {
    long bits = Double.doubleToRawLongBits((double) ((word & WORD) + 1));
    // 0x3FE6A09E667F3BCD are the bits of sqrt(1/2)
    long exponent = (bits - 0x3FE6A09E667F3BCDL) >> 52;
    double m = Double.longBitsToDouble(bits - (exponent << 52));
    double s = (m - 1) / (m + 1);
    double q = s * s;
    double p = 1.0 / 21;
    p = Math.fma(p, q, 1.0 / 19);
    p = Math.fma(p, q, 1.0 / 17);
    p = Math.fma(p, q, 1.0 / 15);
    p = Math.fma(p, q, 1.0 / 13);
    p = Math.fma(p, q, 1.0 / 11);
    p = Math.fma(p, q, 1.0 / 9);
    p = Math.fma(p, q, 1.0 / 7);
    p = Math.fma(p, q, 1.0 / 5);
    p = Math.fma(p, q, 1.0 / 3);
    p = Math.fma(p, q, 1.0);
    return Math.fma((double) (exponent - 32), LN_2, 2 * s * p);
  }

  /** Taylor series of the cosine to x^16, |x| at most pi / 4. */
  private static double cosine(double square) {
    double p = 1.0 / 20922789888000.0;
    p = Math.fma(p, square, -1.0 / 87178291200.0);
    p = Math.fma(p, square, 1.0 / 479001600.0);
    p = Math.fma(p, square, -1.0 / 3628800.0);
    p = Math.fma(p, square, 1.0 / 40320.0);
    p = Math.fma(p, square, -1.0 / 720.0);
    p = Math.fma(p, square, 1.0 / 24.0);
    p = Math.fma(p, square, -0.5);
    return Math.fma(p, square, 1.0);
  }

  /** Taylor series of the sine to x^15, |x| at most pi / 4. */
  private static double sine(double x, double square) {
    double p = -1.0 / 1307674368000.0;
    p = Math.fma(p, square, 1.0 / 6227020800.0);
    p = Math.fma(p, square, -1.0 / 39916800.0);
    p = Math.fma(p, square, 1.0 / 362880.0);
    p = Math.fma(p, square, -1.0 / 5040.0);
    p = Math.fma(p, square, 1.0 / 120.0);
    p = Math.fma(p, square, -1.0 / 6.0);
    return Math.fma(p * square, x, x);
  }
}
