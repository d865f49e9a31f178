package org.basisar.tensor;

/** Java arrays by dtype: F64 double[], F32 float[], BF16 short[], I32 int[], U8 byte[]. */
public final class HostArrays {
  private HostArrays() {}

  /** A new array of the dtype's kind. */
  public static Object create(DType dtype, int length) {
    return switch (dtype) {
      case F64 -> new double[length];
      case F32 -> new float[length];
      case BF16 -> new short[length];
      case I32 -> new int[length];
      case U8 -> new byte[length];
    };
  }

  /** Converts elements to doubles, exactly. */
  public static double[] toDoubles(DType dtype, Object values) {
    int length = java.lang.reflect.Array.getLength(values);
    double[] out = new double[length];
    load(dtype, values, 0, out, 0, length);
    return out;
  }

  /** Rounds doubles into a new array of the dtype's kind. */
  public static Object fromDoubles(DType dtype, double[] values) {
    Object out = create(dtype, values.length);
    store(dtype, values, 0, out, 0, values.length);
    return out;
  }

  /** Reads {@code count} elements as doubles. */
  public static void load(
      DType dtype, Object from, int fromOffset, double[] to, int toOffset, int count) {
    switch (dtype) {
      case F64 -> System.arraycopy(from, fromOffset, to, toOffset, count);
      case F32 -> {
        float[] source = (float[]) from;
        for (int i = 0; i < count; i++) {
          to[toOffset + i] = source[fromOffset + i];
        }
      }
      case BF16 -> {
        short[] source = (short[]) from;
        for (int i = 0; i < count; i++) {
          to[toOffset + i] = DType.fromBf16(source[fromOffset + i]);
        }
      }
      case I32 -> {
        int[] source = (int[]) from;
        for (int i = 0; i < count; i++) {
          to[toOffset + i] = source[fromOffset + i];
        }
      }
      case U8 -> {
        byte[] source = (byte[]) from;
        for (int i = 0; i < count; i++) {
          to[toOffset + i] = source[fromOffset + i] & 0xff;
        }
      }
    }
  }

  /** Writes {@code count} doubles, rounded to the dtype; to integers they are truncated. */
  public static void store(
      DType dtype, double[] from, int fromOffset, Object to, int toOffset, int count) {
    switch (dtype) {
      case F64 -> System.arraycopy(from, fromOffset, to, toOffset, count);
      case F32 -> {
        float[] target = (float[]) to;
        for (int i = 0; i < count; i++) {
          target[toOffset + i] = (float) from[fromOffset + i];
        }
      }
      case BF16 -> {
        short[] target = (short[]) to;
        for (int i = 0; i < count; i++) {
          target[toOffset + i] = DType.toBf16(from[fromOffset + i]);
        }
      }
      case I32 -> {
        int[] target = (int[]) to;
        for (int i = 0; i < count; i++) {
          target[toOffset + i] = (int) from[fromOffset + i];
        }
      }
      case U8 -> {
        byte[] target = (byte[]) to;
        for (int i = 0; i < count; i++) {
          target[toOffset + i] = (byte) (int) from[fromOffset + i];
        }
      }
    }
  }
}
