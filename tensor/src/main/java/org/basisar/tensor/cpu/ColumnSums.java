package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums of the columns of an fp32 matrix, as bias gradients need them: {@code out[j] = sum over i of
 * x[i, j]}.
 *
 * <p>Rows are summed in blocks of fixed height and the blocks in order, which keeps the rounding
 * error small. Threads take different columns.
 */
final class ColumnSums extends ParallelKernel {
  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;
  private static final int LANES = FloatLanes.LANES;
  private static final int BLOCK = 128;

  /** Columns of one item: enough that a thread reads whole cache lines of a row. */
  private static final int STRIPE = 4 * LANES;

  private static final int GRAIN = 32_768;

  private final int rows;
  private final int columns;
  private float[] x = {};
  private int xOffset;
  private int stride;
  private float[] out = {};
  private int outOffset;

  ColumnSums(int rows, int columns) {
    this.rows = rows;
    this.columns = columns;
  }

  /** Sets the matrix; {@code stride} is the distance between rows. */
  ColumnSums x(float[] array, int offset, int rowStride) {
    x = array;
    xOffset = offset;
    stride = rowStride;
    return this;
  }

  /** Sets where the sums go. */
  ColumnSums out(float[] array, int offset) {
    out = array;
    outOffset = offset;
    return this;
  }

  void execute() {
    Workers.run(this);
  }

  @Override
  public int items() {
    return (columns + STRIPE - 1) / STRIPE;
  }

  @Override
  public int grain() {
    return Math.max(1, GRAIN / Math.max(1, rows * STRIPE));
  }

  @Override
  public void run(int from, int to) {
    for (int item = from; item < to; item++) {
      int j = item * STRIPE;
      if (j + STRIPE <= columns) {
        whole(j);
      } else {
        for (; j < columns; j += LANES) {
          part(j, SPECIES.indexInRange(j, columns));
        }
      }
    }
  }

  private void whole(int j) {
    FloatVector total0 = FloatVector.zero(SPECIES);
    FloatVector total1 = total0;
    FloatVector total2 = total0;
    FloatVector total3 = total0;
    for (int block = 0; block < rows; block += BLOCK) {
      FloatVector sum0 = FloatVector.zero(SPECIES);
      FloatVector sum1 = sum0;
      FloatVector sum2 = sum0;
      FloatVector sum3 = sum0;
      int end = Math.min(rows, block + BLOCK);
      for (int i = block; i < end; i++) {
        int at = xOffset + i * stride + j;
        sum0 = sum0.add(FloatVector.fromArray(SPECIES, x, at));
        sum1 = sum1.add(FloatVector.fromArray(SPECIES, x, at + LANES));
        sum2 = sum2.add(FloatVector.fromArray(SPECIES, x, at + 2 * LANES));
        sum3 = sum3.add(FloatVector.fromArray(SPECIES, x, at + 3 * LANES));
      }
      total0 = total0.add(sum0);
      total1 = total1.add(sum1);
      total2 = total2.add(sum2);
      total3 = total3.add(sum3);
    }
    total0.intoArray(out, outOffset + j);
    total1.intoArray(out, outOffset + j + LANES);
    total2.intoArray(out, outOffset + j + 2 * LANES);
    total3.intoArray(out, outOffset + j + 3 * LANES);
  }

  private void part(int j, VectorMask<Float> mask) {
    FloatVector total = FloatVector.zero(SPECIES);
    for (int block = 0; block < rows; block += BLOCK) {
      FloatVector sum = FloatVector.zero(SPECIES);
      int end = Math.min(rows, block + BLOCK);
      for (int i = block; i < end; i++) {
        sum = sum.add(FloatVector.fromArray(SPECIES, x, xOffset + i * stride + j, mask));
      }
      total = total.add(sum);
    }
    total.intoArray(out, outOffset + j, mask);
  }
}
