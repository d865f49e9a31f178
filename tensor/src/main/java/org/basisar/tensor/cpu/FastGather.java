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
    for (int item = first; item < end; item++) {
      int o = item / count;
      int k = item - o * count;
      int entry = PlainIndex.checked(title, index[indexOffset + k], k, extent);
      System.arraycopy(
          from, fromOffset + (o * extent + entry) * inner, to, toOffset + item * inner, inner);
    }
  }
}
