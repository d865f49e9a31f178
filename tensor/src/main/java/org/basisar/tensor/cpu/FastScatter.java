package org.basisar.tensor.cpu;

import java.util.Arrays;
import org.basisar.tensor.Tensor;

/**
 * Adds entries of g to places of one axis, in order. An item is a strip of columns, which walks all
 * entries: what is added to an element is added by one thread.
 */
final class FastScatter extends FastKernel {
  private static final int STRIP = 64;

  private final String title;
  private final int outer;
  private final int extent;
  private final int inner;
  private final int strips;
  private final int count;
  private final float[] values;
  private final int valuesOffset;
  private final int[] index;
  private final int indexOffset;
  private final float[] sums;
  private final int sumsOffset;

  FastScatter(
      String title, int outer, int extent, int inner, Tensor values, Tensor index, Tensor output) {
    this.title = title;
    this.outer = outer;
    this.extent = extent;
    this.inner = inner;
    strips = (inner + STRIP - 1) / STRIP;
    count = index.size();
    this.values = floats(values);
    valuesOffset = values.offset();
    this.index = ints(index);
    indexOffset = index.offset();
    sums = floats(output);
    sumsOffset = output.offset();
  }

  @Override
  public int items() {
    return outer * strips;
  }

  @Override
  public int grain() {
    return grain(CHEAP, Math.min(inner, STRIP) * (count + extent));
  }

  @Override
  public void run(int first, int end) {
    for (int item = first; item < end; item++) {
      int o = item / strips;
      int column = (item - o * strips) * STRIP;
      int width = Math.min(STRIP, inner - column);
      for (int entry = 0; entry < extent; entry++) {
        int at = sumsOffset + (o * extent + entry) * inner + column;
        Arrays.fill(sums, at, at + width, 0);
      }
      for (int k = 0; k < count; k++) {
        int entry = PlainIndex.checked(title, index[indexOffset + k], k, extent);
        int at = sumsOffset + (o * extent + entry) * inner + column;
        RowArithmetic.add(
            values, valuesOffset + (o * count + k) * inner + column, sums, at, sums, at, width);
      }
    }
  }
}
