package org.basisar.tensor.cpu;

import org.basisar.tensor.DType;
import org.basisar.tensor.HostArrays;
import org.basisar.tensor.Tensor;

/** Conversion between any two dtypes; the pairs with F32 directly, the others through doubles. */
final class FastCast extends FastKernel {
  private static final int CHUNK = 1024;

  private final DType fromType;
  private final DType toType;
  private final Object from;
  private final int fromOffset;
  private final Object to;
  private final int toOffset;
  private final int count;

  FastCast(Tensor input, Tensor output) {
    fromType = input.dtype();
    toType = output.dtype();
    from = input.storage().memory();
    fromOffset = input.offset();
    to = output.storage().memory();
    toOffset = output.offset();
    count = input.size();
  }

  @Override
  public int items() {
    return count;
  }

  @Override
  public int grain() {
    return CHEAP;
  }

  @Override
  public void run(int first, int end) {
    int at = fromOffset + first;
    int into = toOffset + first;
    int n = end - first;
    if (fromType == toType) {
      System.arraycopy(from, at, to, into, n);
    } else if (from instanceof float[] source && to instanceof short[] target) {
      for (int i = 0; i < n; i++) {
        target[into + i] = DType.toBf16(source[at + i]);
      }
    } else if (from instanceof short[] source && to instanceof float[] target) {
      for (int i = 0; i < n; i++) {
        target[into + i] = DType.fromBf16(source[at + i]);
      }
    } else if (from instanceof byte[] source && to instanceof float[] target) {
      for (int i = 0; i < n; i++) {
        target[into + i] = source[at + i] & 0xff;
      }
    } else if (from instanceof double[] source && to instanceof float[] target) {
      for (int i = 0; i < n; i++) {
        target[into + i] = (float) source[at + i];
      }
    } else if (from instanceof float[] source && to instanceof double[] target) {
      for (int i = 0; i < n; i++) {
        target[into + i] = source[at + i];
      }
    } else {
      double[] values = Scratch.ofThread().doubles(0, CHUNK);
      for (int i = 0; i < n; i += CHUNK) {
        int part = Math.min(CHUNK, n - i);
        HostArrays.load(fromType, from, at + i, values, 0, part);
        HostArrays.store(toType, values, 0, to, into + i, part);
      }
    }
  }
}
