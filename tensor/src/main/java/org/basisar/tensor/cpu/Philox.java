package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

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
  static final int WEYL_0 = 0x9E3779B9;
  static final int WEYL_1 = 0xBB67AE85;
  private static final long WORD = 0xFFFFFFFFL;

  private static final double LN_2 = 0.6931471805599453;

  /** Angle of one unit of a 32-bit word. */
  private static final double UNIT_ANGLE = 6.283185307179586 * 0x1p-32;

  /** Numbers that are made at a time, in the first-level cache. */
  private static final int CHUNK = 1024;

  private static final int NORMALS = 3;
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, FLOATS.vectorShape());

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
    int i = 0;
    if ((first & 3) != 0) {
      i = part(seed, step, call, first, block, out, offset, count);
    }
    int steps = (count - i) / (4 * PhiloxLanes.BLOCKS);
    PhiloxLanes.blocks(seed, step, call, (first + i) >>> 2, out, offset + i, steps);
    i += steps * 4 * PhiloxLanes.BLOCKS;
    while (i < count) {
      i += part(seed, step, call, first + i, block, out, offset + i, count - i);
    }
  }

  /** The words from one element to the end of its block; returns how many. */
  private static int part(
      long seed, long step, int call, long element, int[] block, int[] out, int offset, int most) {
    block(
        (int) (element >>> 2),
        call,
        (int) step,
        (int) (step >>> 32),
        (int) seed,
        (int) (seed >>> 32),
        block,
        0);
    int lane = (int) element & 3;
    int count = Math.min(most, 4 - lane);
    System.arraycopy(block, lane, out, offset, count);
    return count;
  }

  /** Uniform numbers in [0, 1), multiples of 2^-24; parameters as in {@link #words}. */
  public static void uniform(
      long seed, long step, int call, long first, float[] out, int offset, int count) {
    int[] words = Scratch.ofThread().words(CHUNK);
    for (int from = 0; from < count; from += CHUNK) {
      int size = Math.min(CHUNK, count - from);
      words(seed, step, call, first + from, words, 0, size);
      fractions(words, out, offset + from, size);
    }
  }

  private static void fractions(int[] words, float[] out, int offset, int count) {
    FloatVector unit = FloatVector.broadcast(FLOATS, 0x1p-24f);
    int i = 0;
    for (int end = INTS.loopBound(count); i < end; i += INTS.length()) {
      IntVector.fromArray(INTS, words, i)
          .lanewise(VectorOperators.LSHR, 8)
          .convertShape(VectorOperators.I2F, FLOATS, 0)
          .reinterpretAsFloats()
          .mul(unit)
          .intoArray(out, offset + i);
    }
    for (; i < count; i++) {
      out[offset + i] = (words[i] >>> 8) * 0x1p-24f;
    }
  }

  /** The same numbers as the fp32 form; parameters as in {@link #words}. */
  public static void uniform(
      long seed, long step, int call, long first, double[] out, int offset, int count) {
    int[] words = Scratch.ofThread().words(CHUNK);
    for (int from = 0; from < count; from += CHUNK) {
      int size = Math.min(CHUNK, count - from);
      words(seed, step, call, first + from, words, 0, size);
      for (int i = 0; i < size; i++) {
        out[offset + from + i] = (words[i] >>> 8) * 0x1p-24;
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
    int[] words = Scratch.ofThread().words(CHUNK + 2);
    int lead = (int) first & 1;
    for (int from = -lead; from < count; from += CHUNK) {
      int size = Math.min(CHUNK, (count - from + 1) & ~1);
      words(seed, step, call, first + from, words, 0, size);
      for (int i = 0; i < size; i += 2) {
        double radius = Math.sqrt(-2 * logOfWord(words[i]));
        // the nearest multiple of a quarter turn, and what is left: at most an eighth of a turn
        int quarter = (words[i + 1] + 0x20000000) >>> 30;
        double angle = (words[i + 1] - (quarter << 30)) * UNIT_ANGLE;
        double square = angle * angle;
        double cosine = cosine(square);
        double sine = sine(angle, square);
        int at = from + i;
        if (at >= 0) {
          out[offset + at] = radius * turned(cosine, sine, quarter);
        }
        if (at + 1 < count) {
          out[offset + at + 1] = radius * turned(cosine, sine, quarter - 1);
        }
      }
    }
  }

  /** The numbers of the fp64 form, rounded; parameters as in {@link #words}. */
  public static void normal(
      long seed, long step, int call, long first, float[] out, int offset, int count) {
    double[] values = Scratch.ofThread().doubles(NORMALS, CHUNK);
    for (int from = 0; from < count; from += CHUNK) {
      int size = Math.min(CHUNK, count - from);
      normal(seed, step, call, first + from, values, 0, size);
      for (int i = 0; i < size; i++) {
        out[offset + from + i] = (float) values[i];
      }
    }
  }

  /** The cosine of an angle plus quarter turns, without branches, which would be unpredictable. */
  private static double turned(double cosine, double sine, int quarters) {
    long odd = -(quarters & 1L);
    long bits =
        (Double.doubleToRawLongBits(sine) & odd) | (Double.doubleToRawLongBits(cosine) & ~odd);
    return Double.longBitsToDouble(bits ^ (((quarters + 1L) & 2L) << 62));
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
