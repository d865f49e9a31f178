package org.basisar.tensor.cpu;

import org.basisar.tensor.Tensor;

/**
 * The residual loss by its closed form; an item is one l of the sums in {@link
 * org.basisar.tensor.Basis.ResidualLoss}. The third sum is symmetric in l and m, so that only m
 * &lt; l is added, twice.
 */
final class FastResidualLoss extends FastKernel {
  private final ResidualTokens t;
  private final double[] partial;
  private final float[] out;
  private final int outOffset;

  FastResidualLoss(Tensor[] inputs, Tensor output) {
    t = new ResidualTokens(inputs[0], inputs[1], inputs[2]);
    partial = new double[t.n];
    out = floats(output);
    outOffset = output.offset();
  }

  @Override
  public int items() {
    return t.n;
  }

  @Override
  public int grain() {
    return grain(CHEAP, 2 * t.columns + t.n);
  }

  @Override
  public void run(int from, int to) {
    for (int l = from; l < to; l++) {
      int row = l * t.columns;
      int at = l * t.n;
      double tokens = RowSums.dot(t.tokens, row, t.tokens, row, t.columns);
      double mixed = RowSums.dot(t.prediction, row, t.transformed, row, t.columns);
      double below = RowSums.dot(t.basisGram, at, t.predictionGram, at, l);
      double diagonal = (double) t.basisGram[at + l] * t.predictionGram[at + l];
      partial[l] = t.n * tokens + (t.n - l) * (diagonal + 2 * (below - mixed));
    }
  }

  @Override
  public void run() {
    t.compute();
    super.run();
    double total = 0;
    for (double part : partial) {
      total += part;
    }
    out[outOffset] = (float) (total / t.elements);
  }
}
