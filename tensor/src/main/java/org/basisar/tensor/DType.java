package org.basisar.tensor;

/** Element type of a tensor. */
public enum DType {
  /** IEEE binary64; every operation supports it on the CPU, where gradients are checked. */
  F64(8, true),
  /** IEEE binary32; the working precision of training. */
  F32(4, true),
  /** The upper half of a binary32: 8 exponent bits, 7 stored fraction bits. */
  BF16(2, true),
  /** Signed 32-bit integers: labels, indices, generator state. */
  I32(4, false),
  /** Unsigned bytes: pixels and masks (0 is false, everything else true). */
  U8(1, false);

  private final int bytes;
  private final boolean floating;

  DType(int bytes, boolean floating) {
    this.bytes = bytes;
    this.floating = floating;
  }

  /** Size of one element in bytes. */
  public int bytes() {
    return bytes;
  }

  /** Whether the type holds fractions, and so may carry a gradient. */
  public boolean isFloating() {
    return floating;
  }

  /** The dtype that statistics of elements of this one are kept in: F32 for BF16, else itself. */
  public DType statistic() {
    return this == BF16 ? F32 : this;
  }

  /** Rounds {@code value} to the nearest bfloat16, ties to even, and returns its 16 bits. */
  public static short toBf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      // Truncation alone could clear every fraction bit and turn the NaN into an infinity.
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }

  /** Rounds {@code value} once to the nearest bfloat16, ties to even, and returns its 16 bits. */
  public static short toBf16(double value) {
    float near = (float) value;
    int bits = Float.floatToRawIntBits(near);
    if ((bits & 0xffff) == 0x8000 && near != value) {
      // The float fell on the middle between two bfloat16s, the value did not: step back off it.
      near = Float.intBitsToFloat(Math.abs(near) < Math.abs(value) ? bits + 1 : bits - 1);
    }
    return toBf16(near);
  }

  /** The value of the bfloat16 with these 16 bits; exact. */
  public static float fromBf16(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }
}
