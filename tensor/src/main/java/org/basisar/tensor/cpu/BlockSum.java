package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sum, or sum of squares, of all elements of an fp32 range.
 *
 * <p>The range is cut into blocks of {@value #BLOCK} elements, however many threads there are. A
 * block is summed in fp32 along four vectors; the sums of the blocks are added in order in fp64.
 */
final class BlockSum extends ParallelKernel {
  /** Elements of one block. */
  static final int BLOCK = 1024;

  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;
  private static final int LANES = FloatLanes.LANES;
  private static final int GRAIN = 32;

  private final boolean squares;
  private float[] x = {};
  private int offset;
  private int length;
  private double[] partial = {};
  private int first;

  /**
   * A sum.
   *
   * @param squares whether the elements are squared first
   */
  BlockSum(boolean squares) {
    this.squares = squares;
  }

  /** Sets the range. */
  BlockSum over(float[] array, int start, int count) {
    x = array;
    offset = start;
    length = count;
    return this;
  }

  /** Sets where the sums of the {@link #items} blocks go before they are added. */
  void partial(double[] array, int at) {
    partial = array;
    first = at;
  }

  /** Computes on the pool and returns the sum. */
  double execute() {
    partial(Scratch.ofThread().doubles(Scratch.PARTIAL, items()), 0);
    Workers.run(this);
    return total();
  }

  /** The sum, once all items have been computed. */
  double total() {
    double sum = 0;
    for (int block = 0; block < items(); block++) {
      sum += partial[first + block];
    }
    return sum;
  }

  @Override
  public int items() {
    return (length + BLOCK - 1) / BLOCK;
  }

  @Override
  public int grain() {
    return GRAIN;
  }

  @Override
  public void run(int from, int to) {
    for (int block = from; block < to; block++) {
      int start = block * BLOCK;
      int count = Math.min(BLOCK, length - start);
      partial[first + block] =
          squares ? squares(offset + start, count) : sum(offset + start, count);
    }
  }

  private float sum(int start, int count) {
    FloatVector sum0 = FloatVector.zero(SPECIES);
    FloatVector sum1 = sum0;
    FloatVector sum2 = sum0;
    FloatVector sum3 = sum0;
    int i = 0;
    for (; i <= count - 4 * LANES; i += 4 * LANES) {
      sum0 = sum0.add(FloatVector.fromArray(SPECIES, x, start + i));
      sum1 = sum1.add(FloatVector.fromArray(SPECIES, x, start + i + LANES));
      sum2 = sum2.add(FloatVector.fromArray(SPECIES, x, start + i + 2 * LANES));
      sum3 = sum3.add(FloatVector.fromArray(SPECIES, x, start + i + 3 * LANES));
    }
    float[] lanes = Scratch.ofThread().lanes;
    sum0.add(sum1).add(sum2.add(sum3)).intoArray(lanes, 0);
    float total = FloatLanes.sum(lanes);
    for (; i < count; i++) {
      total += x[start + i];
    }
    return total;
  }

  private float squares(int start, int count) {
    FloatVector sum0 = FloatVector.zero(SPECIES);
    FloatVector sum1 = sum0;
    FloatVector sum2 = sum0;
    FloatVector sum3 = sum0;
    int i = 0;
    for (; i <= count - 4 * LANES; i += 4 * LANES) {
      FloatVector x0 = FloatVector.fromArray(SPECIES, x, start + i);
      FloatVector x1 = FloatVector.fromArray(SPECIES, x, start + i + LANES);
      FloatVector x2 = FloatVector.fromArray(SPECIES, x, start + i + 2 * LANES);
      FloatVector x3 = FloatVector.fromArray(SPECIES, x, start + i + 3 * LANES);
      sum0 = x0.fma(x0, sum0);
      sum1 = x1.fma(x1, sum1);
      sum2 = x2.fma(x2, sum2);
      sum3 = x3.fma(x3, sum3);
    }
    float[] lanes = Scratch.ofThread().lanes;
    sum0.add(sum1).add(sum2.add(sum3)).intoArray(lanes, 0);
    float total = FloatLanes.sum(lanes);
    for (; i < count; i++) {
      total = Math.fma(x[start + i], x[start + i], total);
    }
    return total;
  }
}
