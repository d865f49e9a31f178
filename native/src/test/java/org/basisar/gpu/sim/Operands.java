package org.basisar.gpu.sim;

import java.util.SplittableRandom;
import org.basisar.gpu.sim.OneInstruction.Values;

/** Awkward operands, every one with every other, and random ones. */
final class Operands {
  private static final long[] WORDS = {
    0,
    1,
    2,
    3,
    5,
    31,
    32,
    33,
    63,
    64,
    100,
    255,
    256,
    0x7fff,
    0x8000,
    0xffff,
    0x10000,
    0x12345678,
    0x7fffffff,
    0x80000000L,
    0x80000001L,
    0xaaaaaaaaL,
    0xfffffff0L,
    0xffffffffL
  };
  private static final long[] WIDES = {
    0,
    1,
    3,
    31,
    64,
    65,
    0xffff,
    0x7fffffffL,
    0x80000000L,
    0xffffffffL,
    0x100000000L,
    0x123456789abcdef0L,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    -2,
    -1
  };
  private static final float[] SINGLES = {
    0f,
    -0f,
    1f,
    -1f,
    0.5f,
    1.5f,
    2.5f,
    -2.5f,
    3.14159f,
    1e-30f,
    -1e30f,
    1e38f,
    16777216f,
    Float.MIN_VALUE,
    Float.MIN_NORMAL,
    Float.MAX_VALUE,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN,
    127.5f,
    -128.5f,
    65504f,
    0x1p31f,
    -3e9f
  };

  private Operands() {}

  /** Two operands of 16 or 32 bits: every pair of the awkward ones. */
  static Values[] words(String type) {
    return pairs(type, WORDS, type.endsWith("16") ? 0xffff : 0xffffffffL);
  }

  static Values[] wides() {
    return pairs("b64", WIDES, -1);
  }

  static Values[] singles() {
    long[] bits = new long[SINGLES.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(SINGLES[i]) & 0xffffffffL;
    }
    return pairs("b32", bits, 0xffffffffL);
  }

  static Values[] doubles() {
    long[] bits = new long[SINGLES.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Double.doubleToRawLongBits(SINGLES[i] * 1.0000001);
    }
    return pairs("b64", bits, -1);
  }

  /** Random bits in the lanes of two awkward operands. */
  static Values random(String type, int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    long mask = type.endsWith("16") ? 0xffff : type.endsWith("32") ? 0xffffffffL : -1;
    return new Values(type, random.longs(count).map(x -> x & mask).toArray());
  }

  private static Values[] pairs(String type, long[] values, long mask) {
    long[] first = new long[values.length * values.length];
    long[] second = new long[first.length];
    for (int i = 0; i < first.length; i++) {
      first[i] = values[i / values.length] & mask;
      second[i] = values[i % values.length] & mask;
    }
    return new Values[] {new Values(type, first), new Values(type, second)};
  }
}
