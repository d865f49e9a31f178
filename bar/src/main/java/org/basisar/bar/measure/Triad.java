package org.basisar.bar.measure;

import java.util.Arrays;
import org.basisar.tensor.cpu.ParallelKernel;

/** a = b + s·c on arrays larger than any cache, an item being a stretch of them. */
final class Triad extends ParallelKernel {
  private static final int STRETCH = 1 << 14;

  private final float[] a;
  private final float[] b;
  private final float[] c;

  /** On arrays of {@code count} elements, rounded up to whole stretches. */
  Triad(int count) {
    int size = Math.ceilDiv(count, STRETCH) * STRETCH;
    a = new float[size];
    b = new float[size];
    c = new float[size];
    Arrays.fill(b, 1);
    Arrays.fill(c, 2);
  }

  /** Bytes read and written by one run; what a cache fetches before it is overwritten is not. */
  double bytes() {
    return 3.0 * Float.BYTES * a.length;
  }

  /** An element of the result. */
  float result(int index) {
    return a[index];
  }

  @Override
  public int items() {
    return a.length / STRETCH;
  }

  @Override
  public void run(int from, int to) {
    add(a, b, c, from * STRETCH, to * STRETCH);
  }

  private static void add(float[] a, float[] b, float[] c, int from, int to) {
    for (int i = from; i < to; i++) {
      a[i] = b[i] + 3 * c[i];
    }
  }
}
