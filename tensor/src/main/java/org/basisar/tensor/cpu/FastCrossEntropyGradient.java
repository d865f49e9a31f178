package org.basisar.tensor.cpu;

import java.util.Arrays;
import org.basisar.tensor.Tensor;

/** (softmax(logits) − one-hot label)·gradient/rows; an item is a row. */
final class FastCrossEntropyGradient extends FastKernel {
  private final int rows;
  private final int classes;
  private final float[] logits;
  private final int logitsOffset;
  private final int[] labels;
  private final int labelsOffset;
  private final float[] gradient;
  private final int gradientOffset;
  private final float[] out;
  private final int outOffset;

  FastCrossEntropyGradient(Tensor[] inputs, Tensor output) {
    rows = inputs[0].shape().dim(0);
    classes = inputs[0].shape().dim(1);
    logits = floats(inputs[0]);
    logitsOffset = inputs[0].offset();
    labels = ints(inputs[1]);
    labelsOffset = inputs[1].offset();
    gradient = floats(inputs[2]);
    gradientOffset = inputs[2].offset();
    out = floats(output);
    outOffset = output.offset();
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
    float scale = (float) ((double) gradient[gradientOffset] / rows);
    for (int row = from; row < to; row++) {
      int in = logitsOffset + row * classes;
      int at = outOffset + row * classes;
      int label = labels[labelsOffset + row];
      if (label < 0 || label >= classes) {
        Arrays.fill(out, at, at + classes, Float.NaN);
        continue;
      }
      float logSum = (float) RowSums.logSumExp(logits, in, classes);
      RowArithmetic.affine(logits, in, 1, -logSum, out, at, classes);
      VectorMath.exp(out, at, out, at, classes);
      out[at + label] -= 1;
      RowArithmetic.scale(out, at, scale, out, at, classes);
    }
  }
}
