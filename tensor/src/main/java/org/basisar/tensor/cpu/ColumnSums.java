package org.basisar.tensor.cpu;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.basisar.tensor.Launch;

/**
 * Sums over the middle one of three axes of fp32 numbers, as bias gradients need them: {@code
 * out[o, j] = scale · Σ_i x[o, i, j]}.
 *
 * <p>Rows are summed in blocks of fixed height, each in sub-blocks, which keeps the rounding error
 * small; the blocks are added in order in fp64. An item is a stripe of columns of one block, so
 * that many rows keep all threads busy as well as many columns.
 */
final class ColumnSums extends ParallelKernel implements Launch {
  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;
  private static final int LANES = FloatLanes.LANES;

  /** Rows of one item. */
  private static final int BLOCK = 512;

  /** Rows whose sum is carried alone. */
  private static final int PART = 128;

  /** Columns of one item: enough that a thread reads whole cache lines of a row. */
  private static final int STRIPE = 4 * LANES;

  private static final int GRAIN = 32_768;

  /** Rows that are added in one pass over the sums. */
  private static final int EIGHT = 8;

  /** The scratch buffer of {@link #pass}. */
  private static final int SUM = 5;

  private final int outer;
  private final int rows;
  private final int columns;
  private final int blocks;
  private final int stripes;
  private float[] partial = {};
  private double scale = 1;
  private float[] x = {};
  private int xOffset;
  private int stride;
  private float[] out = {};
  private int outOffset;

  /** Sums of the columns of one matrix. */
  ColumnSums(int rows, int columns) {
    this(1, rows, columns);
  }

  /** Sums of the columns of {@code outer} matrices that follow each other. */
  ColumnSums(int outer, int rows, int columns) {
    this.outer = outer;
    this.rows = rows;
    this.columns = columns;
    blocks = Math.max(1, (rows + BLOCK - 1) / BLOCK);
    stripes = (columns + STRIPE - 1) / STRIPE;
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

  /** Sets what the sums are multiplied by. */
  ColumnSums scale(double factor) {
    scale = factor;
    return this;
  }

  /** Computes on the pool. */
  @Override
  public void run() {
    begin();
    Workers.run(this);
    if (blocks > 1) {
      addBlocks();
    }
  }

  /** What comes before {@link #pass}. */
  void begin() {
    if (blocks > 1) {
      partial = Scratch.ofThread().floats(Scratch.WORK, outer * blocks * columns);
    }
  }

  /**
   * Whether somebody who passes over the rows anyway may sum them: there is one matrix of several
   * blocks, in this place.
   */
  @SuppressWarnings("ReferenceEquality") // arrays are told apart by identity
  boolean isOf(float[] array, int offset, int rowCount, int columnCount) {
    return outer == 1
        && blocks > 1
        && x == array
        && xOffset == offset
        && rows == rowCount
        && columns == columnCount
        && stride == columnCount;
  }

  /**
   * Sums rows that somebody else has in the caches, with the bits of {@link #run}. All rows of some
   * columns must come in order, on one thread; {@link #addBlocks} comes last.
   *
   * @param row a multiple of {@link #PART}
   * @param count the same, unless the rows end
   */
  void pass(Scratch scratch, int row, int count, int column, int width) {
    float[] sum = scratch.floats(SUM, width);
    int total = row / BLOCK * columns + column;
    if (row % BLOCK == 0) {
      Arrays.fill(partial, total, total + width, 0);
    }
    for (int part = row; part < row + count; part += PART) {
      Arrays.fill(sum, 0, width, 0);
      int end = Math.min(row + count, part + PART);
      int i = part;
      for (; i <= end - EIGHT; i += EIGHT) {
        addEight(xOffset + i * stride + column, sum, width);
      }
      for (; i < end; i++) {
        RowArithmetic.add(sum, 0, x, xOffset + i * stride + column, sum, 0, width);
      }
      RowArithmetic.add(partial, total, sum, 0, partial, total, width);
    }
  }

  /** Adds eight rows to sums, one after another. */
  private void addEight(int from, float[] sum, int width) {
    int j = 0;
    for (int end = SPECIES.loopBound(width); j < end; j += LANES) {
      int at = from + j;
      FloatVector.fromArray(SPECIES, sum, j)
          .add(FloatVector.fromArray(SPECIES, x, at))
          .add(FloatVector.fromArray(SPECIES, x, at + stride))
          .add(FloatVector.fromArray(SPECIES, x, at + 2 * stride))
          .add(FloatVector.fromArray(SPECIES, x, at + 3 * stride))
          .add(FloatVector.fromArray(SPECIES, x, at + 4 * stride))
          .add(FloatVector.fromArray(SPECIES, x, at + 5 * stride))
          .add(FloatVector.fromArray(SPECIES, x, at + 6 * stride))
          .add(FloatVector.fromArray(SPECIES, x, at + 7 * stride))
          .intoArray(sum, j);
    }
    for (; j < width; j++) {
      for (int at = from + j, end = at + EIGHT * stride; at < end; at += stride) {
        sum[j] += x[at];
      }
    }
  }

  /** Adds the sums of the blocks. */
  void addBlocks() {
    for (int o = 0; o < outer; o++) {
      for (int j = 0; j < columns; j++) {
        double sum = 0;
        for (int block = 0; block < blocks; block++) {
          sum += partial[(o * blocks + block) * columns + j];
        }
        out[outOffset + o * columns + j] = (float) (sum * scale);
      }
    }
  }

  @Override
  public int items() {
    return outer * blocks * stripes;
  }

  @Override
  public int grain() {
    return Math.max(1, GRAIN / Math.max(1, Math.min(rows, BLOCK) * STRIPE));
  }

  @Override
  public void run(int from, int to) {
    for (int item = from; item < to; item++) {
      int part = item / stripes;
      int j = (item - part * stripes) * STRIPE;
      int width = Math.min(STRIPE, columns - j);
      if (blocks == 1) {
        stripe(part * rows, rows, j, width, out, outOffset + part * columns + j);
        if (scale != 1) {
          for (int i = outOffset + part * columns + j, end = i + width; i < end; i++) {
            out[i] = (float) (out[i] * scale);
          }
        }
      } else {
        int o = part / blocks;
        int row = (part - o * blocks) * BLOCK;
        int count = Math.min(BLOCK, rows - row);
        stripe(o * rows + row, count, j, width, partial, part * columns + j);
      }
    }
  }

  private void stripe(int row, int count, int j, int width, float[] to, int at) {
    int from = xOffset + row * stride + j;
    if (width == STRIPE) {
      whole(from, count, to, at);
    } else {
      int i = 0;
      for (; i <= width - LANES; i += LANES) {
        one(from + i, count, to, at + i);
      }
      for (; i < width; i++) {
        to[at + i] = column(from + i, count);
      }
    }
  }

  private void whole(int from, int count, float[] to, int at) {
    FloatVector total0 = FloatVector.zero(SPECIES);
    FloatVector total1 = total0;
    FloatVector total2 = total0;
    FloatVector total3 = total0;
    for (int part = 0; part < count; part += PART) {
      FloatVector sum0 = FloatVector.zero(SPECIES);
      FloatVector sum1 = sum0;
      FloatVector sum2 = sum0;
      FloatVector sum3 = sum0;
      int end = Math.min(count, part + PART);
      for (int i = part; i < end; i++) {
        int row = from + i * stride;
        sum0 = sum0.add(FloatVector.fromArray(SPECIES, x, row));
        sum1 = sum1.add(FloatVector.fromArray(SPECIES, x, row + LANES));
        sum2 = sum2.add(FloatVector.fromArray(SPECIES, x, row + 2 * LANES));
        sum3 = sum3.add(FloatVector.fromArray(SPECIES, x, row + 3 * LANES));
      }
      total0 = total0.add(sum0);
      total1 = total1.add(sum1);
      total2 = total2.add(sum2);
      total3 = total3.add(sum3);
    }
    total0.intoArray(to, at);
    total1.intoArray(to, at + LANES);
    total2.intoArray(to, at + 2 * LANES);
    total3.intoArray(to, at + 3 * LANES);
  }

  private void one(int from, int count, float[] to, int at) {
    FloatVector total = FloatVector.zero(SPECIES);
    for (int part = 0; part < count; part += PART) {
      FloatVector sum = FloatVector.zero(SPECIES);
      int end = Math.min(count, part + PART);
      for (int i = part; i < end; i++) {
        sum = sum.add(FloatVector.fromArray(SPECIES, x, from + i * stride));
      }
      total = total.add(sum);
    }
    total.intoArray(to, at);
  }

  private float column(int from, int count) {
    float total = 0;
    for (int part = 0; part < count; part += PART) {
      float sum = 0;
      int end = Math.min(count, part + PART);
      for (int i = part; i < end; i++) {
        sum += x[from + i * stride];
      }
      total += sum;
    }
    return total;
  }
}
