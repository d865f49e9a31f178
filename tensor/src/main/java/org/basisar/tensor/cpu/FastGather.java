package org.basisar.tensor.cpu;

import org.basisar.tensor.Tensor;

/** Entries of x at given places of one axis, for any dtype; an item is one entry. */
final class FastGather extends FastKernel {
  private final String title;
  private final int outer;
  private final int extent;
  private final int inner;
  private final int count;
  private final Object from;
  private final int fromOffset;
  private final int[] index;
  private final int indexOffset;
  private final Object to;
  private final int toOffset;

  FastGather(
      String title, int outer, int extent, int inner, Tensor x, Tensor index, Tensor output) {
    this.title = title;
    this.outer = outer;
    this.extent = extent;
    this.inner = inner;
    count = index.size();
    from = x.storage().memory();
    fromOffset = x.offset();
    this.index = ints(index);
    indexOffset = index.offset();
    to = output.storage().memory();
    toOffset = output.offset();
  }

  @Override
  public int items() {
    return outer * count;
  }

  @Override
  public int grain() {
    return grain(CHEAP, inner + 16);
  }

  @Override
  public void run(int first, int end) {
    if (inner == 1 && from instanceof float[] numbers && to instanceof float[] result) {
      single(first, end, numbers, result);
      return;
    }
    for (int item = first; item < end; item++) {
      int o = item / count;
      int k = item - o * count;
      int entry = PlainIndex.checked(title, index[indexOffset + k], k, extent);
      System.arraycopy(
          from, fromOffset + (o * extent + entry) * inner, to, toOffset + item * inner, inner);
    }
  }

  /** Single numbers, for which a call each would cost more than the copy. */
  private void single(int first, int end, float[] numbers, float[] result) {
    int item = first;
    while (item < end) {
      int o = item / count;
      int begin = o * count;
      int row = fromOffset + o * extent;
      int stop = Math.min(end, begin + count);
      for (; item < stop; item++) {
        int k = item - begin;
        int entry = PlainIndex.checked(title, index[indexOffset + k], k, extent);
        result[toOffset + item] = numbers[row + entry];
      }
    }
  }
}
