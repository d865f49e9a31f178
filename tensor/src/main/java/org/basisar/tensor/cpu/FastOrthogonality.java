package org.basisar.tensor.cpu;

import org.basisar.tensor.Tensor;

/** D = A·Aᵀ − I with its mean square and its norm; after the product an item is a row. */
final class FastOrthogonality extends FastKernel {
  private final int n;
  private final Gemm gram;
  private double[] partial = {};
  private final float[] mean;
  private final int meanOffset;
  private final float[] norm;
  private final int normOffset;
  private final float[] difference;
  private final int differenceOffset;

  FastOrthogonality(Tensor a, Tensor[] outputs) {
    n = a.shape().dim(0);
    mean = floats(outputs[0]);
    meanOffset = outputs[0].offset();
    norm = floats(outputs[1]);
    normOffset = outputs[1].offset();
    difference = floats(outputs[2]);
    differenceOffset = outputs[2].offset();
    gram =
        new Gemm(false, true, n, n, n)
            .a(floats(a), a.offset(), n)
            .b(floats(a), a.offset(), n)
            .c(difference, differenceOffset, n);
  }

  @Override
  public int items() {
    return n;
  }

  @Override
  public int grain() {
    return grain(CHEAP, n);
  }

  @Override
  public void run(int from, int to) {
    for (int row = from; row < to; row++) {
      int at = differenceOffset + row * n;
      difference[at + row] -= 1;
      partial[row] = RowSums.dot(difference, at, difference, at, n);
    }
  }

  @Override
  public void run() {
    gram.execute();
    partial = Scratch.ofThread().doubles(Scratch.PARTIAL, n);
    super.run();
    double total = 0;
    for (int row = 0; row < n; row++) {
      total += partial[row];
    }
    mean[meanOffset] = (float) (total / ((double) n * n));
    norm[normOffset] = (float) Math.sqrt(total);
  }
}
