package org.basisar.tensor.cpu;

import org.basisar.tensor.Tensor;

/** Mean over rows of −log softmax(logits)[label]; an item is a row. */
final class FastCrossEntropy extends FastKernel {
  private final int classes;
  private final float[] logits;
  private final int logitsOffset;
  private final int[] labels;
  private final int labelsOffset;
  private final float[] out;
  private final int outOffset;
  private final int rows;
  private double[] losses = {};

  FastCrossEntropy(Tensor logits, Tensor labels, Tensor output) {
    classes = logits.shape().dim(1);
    this.logits = floats(logits);
    logitsOffset = logits.offset();
    this.labels = ints(labels);
    labelsOffset = labels.offset();
    out = floats(output);
    outOffset = output.offset();
    rows = logits.shape().dim(0);
  }

  @Override
  public int items() {
    return rows;
  }

  @Override
  public int grain() {
    return grain(DEAR, classes);
  }

  @Override
  public void run(int from, int to) {
    for (int row = from; row < to; row++) {
      int at = logitsOffset + row * classes;
      int label = labels[labelsOffset + row];
      losses[row] =
          label < 0 || label >= classes
              ? Double.NaN
              : RowSums.logSumExp(logits, at, classes) - logits[at + label];
    }
  }

  @Override
  public void run() {
    losses = Scratch.ofThread().doubles(Scratch.PARTIAL, rows);
    super.run();
    double total = 0;
    for (int row = 0; row < rows; row++) {
      total += losses[row];
    }
    out[outOffset] = (float) (total / rows);
  }
}
