package org.basisar.tensor.cpu;

import java.util.Arrays;
import org.basisar.tensor.DType;
import org.basisar.tensor.Tensor;

/** Writes a constant into a tensor of any dtype. */
final class FastFill extends FastKernel {
  private final Object array;
  private final int offset;
  private final int count;
  private final double value;

  FastFill(double value, Tensor output) {
    this.value = value;
    array = output.storage().memory();
    offset = output.offset();
    count = output.size();
  }

  @Override
  public int items() {
    return count;
  }

  @Override
  public int grain() {
    return 2 * CHEAP;
  }

  @Override
  public void run(int from, int to) {
    fill(array, offset + from, offset + to, value);
  }

  /** Fills {@code [from, to)} with a value rounded to the array's kind. */
  static void fill(Object array, int from, int to, double value) {
    switch (array) {
      case float[] floats -> Arrays.fill(floats, from, to, (float) value);
      case double[] doubles -> Arrays.fill(doubles, from, to, value);
      case short[] halves -> Arrays.fill(halves, from, to, DType.toBf16(value));
      case int[] integers -> Arrays.fill(integers, from, to, (int) value);
      case byte[] bytes -> Arrays.fill(bytes, from, to, (byte) (int) value);
      default -> throw new IllegalArgumentException("no device memory: " + array.getClass());
    }
  }
}
