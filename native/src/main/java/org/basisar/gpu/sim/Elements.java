package org.basisar.gpu.sim;

import org.basisar.gpu.ElementType;

/** Rows of floating-point elements in simulated memory. */
final class Elements {
  private Elements() {}

  static void read(ElementType type, Memory memory, int offset, float[] into, int at, int count) {
    switch (type) {
      case F32 -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = Float.intBitsToFloat((int) Memory.INTS.get(memory.data, offset + 4 * i));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          int bits = (short) Memory.SHORTS.get(memory.data, offset + 2 * i);
          into[at + i] = Float.intBitsToFloat(bits << 16);
        }
      }
      default -> throw new IllegalArgumentException("not a type of 32 bits or less: " + type);
    }
  }

  static void write(ElementType type, Memory memory, int offset, float[] from, int at, int count) {
    switch (type) {
      case F32 -> {
        for (int i = 0; i < count; i++) {
          Memory.INTS.set(memory.data, offset + 4 * i, Float.floatToRawIntBits(from[at + i]));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          short bits = (short) HalfInstructions.toBf16(from[at + i]);
          Memory.SHORTS.set(memory.data, offset + 2 * i, bits);
        }
      }
      default -> throw new IllegalArgumentException("not a type of 32 bits or less: " + type);
    }
  }

  static void read(ElementType type, Memory memory, int offset, double[] into, int at, int count) {
    if (type == ElementType.F64) {
      for (int i = 0; i < count; i++) {
        into[at + i] =
            Double.longBitsToDouble((long) Memory.LONGS.get(memory.data, offset + 8 * i));
      }
      return;
    }
    float[] singles = new float[count];
    read(type, memory, offset, singles, 0, count);
    for (int i = 0; i < count; i++) {
      into[at + i] = singles[i];
    }
  }

  static void write(ElementType type, Memory memory, int offset, double[] from, int at, int count) {
    if (type == ElementType.F64) {
      for (int i = 0; i < count; i++) {
        Memory.LONGS.set(memory.data, offset + 8 * i, Double.doubleToRawLongBits(from[at + i]));
      }
      return;
    }
    float[] singles = new float[count];
    for (int i = 0; i < count; i++) {
      singles[i] = (float) from[at + i];
    }
    write(type, memory, offset, singles, 0, count);
  }
}
