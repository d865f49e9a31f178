package org.basisar.tensor.cpu;

import org.basisar.tensor.Tensor;

/**
 * The residual loss by its closed form (see {@link org.basisar.tensor.Basis.ResidualLoss}). Of
 * tokens and predictions only Σ x², Σ ŷ·xᵀ and Σ ŷ·ŷᵀ over images and channels are needed, since
 * Σ_l w_l⟨ŷ_l, (A·x)_l⟩ = Σ_lm w_l·A_lm·(Σ ŷ·xᵀ)_lm; so the work space is two N×N matrices. An item
 * is one l of the sums. The third sum is symmetric in l and m, so that only m &lt; l is added,
 * twice.
 */
final class FastResidualLoss extends FastKernel {
  private final int n;
  private final double elements;
  private final float[] basis;
  private final int basisOffset;
  private final BlockSum squares;
  private final Gemm mixedGram;
  private final Gemm predictionGram;
  private final Gemm basisGram;
  private final float[] out;
  private final int outOffset;

  private boolean mixing;
  private float[] left = {};
  private float[] right = {};
  private double[] partial = {};

  FastResidualLoss(Tensor[] inputs, Tensor output) {
    Tensor a = inputs[0];
    Tensor x = inputs[1];
    Tensor prediction = inputs[2];
    n = x.shape().dim(1);
    elements = (double) n * x.size();
    basis = floats(a);
    basisOffset = a.offset();
    squares = new BlockSum(true).over(floats(x), x.offset(), x.size());
    mixedGram = FastBasis.outerProduct(prediction, x);
    predictionGram = FastBasis.outerProduct(prediction, prediction).lower();
    basisGram =
        new Gemm(false, true, n, n, n).a(basis, basisOffset, n).b(basis, basisOffset, n).lower();
    out = floats(output);
    outOffset = output.offset();
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
    for (int l = from; l < to; l++) {
      int at = l * n;
      int weight = n - l;
      if (mixing) {
        partial[l] = -2 * weight * RowSums.dot(basis, basisOffset + at, left, at, n);
      } else {
        double below = RowSums.dot(left, at, right, at, l);
        partial[l] += weight * (2 * below + (double) left[at + l] * right[at + l]);
      }
    }
  }

  @Override
  public void run() {
    Scratch scratch = Scratch.ofThread();
    double total = n * squares.execute();
    left = scratch.floats(Scratch.WORK, n * n);
    right = scratch.floats(Scratch.WORK + 1, n * n);
    partial = scratch.doubles(Scratch.PARTIAL, n);
    mixedGram.c(left, 0, n).execute();
    mixing = true;
    super.run();
    predictionGram.c(left, 0, n).execute();
    basisGram.c(right, 0, n).execute();
    mixing = false;
    super.run();
    for (int l = 0; l < n; l++) {
      total += partial[l];
    }
    out[outOffset] = (float) (total / elements);
  }
}
