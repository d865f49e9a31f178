package org.basisar.tensor.cpu;

import org.basisar.tensor.Tensor;

/**
 * Gradients of the residual loss by their closed form, with w_l = N − l and W_lm = N − max(l, m):
 *
 * <ul>
 *   <li>∂/∂ŷ = 2·((W ∘ A·Aᵀ)·ŷ − w ∘ A·x)
 *   <li>∂/∂x = 2·(N·x − (w ∘ A)ᵀ·ŷ)
 *   <li>∂/∂A = 2·((W ∘ Σ ŷ·ŷᵀ)·A − w ∘ Σ ŷ·xᵀ), explicitly and not through ŷ or x
 * </ul>
 *
 * <p>The first pass weights the matrices, the second one finishes the products; an item is a row.
 */
final class FastResidualGradient extends FastKernel {
  private final ResidualTokens t;
  private final float[] weightedBasis;
  private final float[] mixed;
  private final float[] predictionProduct;
  private final float[] tokensProduct;
  private final Gemm[] products;
  private final TokenTurn tokensOut;
  private final TokenTurn predictionOut;
  private final float[] gradient;
  private final int gradientOffset;
  private final float[] basisOut;
  private final int basisOffset;

  private boolean weighting;
  private float scale;

  FastResidualGradient(Tensor[] inputs, Tensor[] outputs) {
    t = new ResidualTokens(inputs[0], inputs[1], inputs[2]);
    int n = t.n;
    int columns = t.columns;
    weightedBasis = new float[n * n];
    mixed = new float[n * n];
    predictionProduct = new float[n * columns];
    tokensProduct = new float[n * columns];
    gradient = floats(inputs[3]);
    gradientOffset = inputs[3].offset();
    basisOut = floats(outputs[0]);
    basisOffset = outputs[0].offset();
    products =
        new Gemm[] {
          new Gemm(false, false, n, columns, n)
              .a(t.basisGram, 0, n)
              .b(t.prediction, 0, columns)
              .c(predictionProduct, 0, columns),
          new Gemm(true, false, n, columns, n)
              .a(weightedBasis, 0, n)
              .b(t.prediction, 0, columns)
              .c(tokensProduct, 0, columns),
          new Gemm(false, true, n, n, columns)
              .a(t.prediction, 0, columns)
              .b(t.tokens, 0, columns)
              .c(mixed, 0, n),
          new Gemm(false, false, n, n, n)
              .a(t.predictionGram, 0, n)
              .b(t.basis, t.basisOffset, n)
              .c(basisOut, basisOffset, n)
        };
    int images = inputs[1].shape().dim(0);
    int channels = inputs[1].shape().dim(2);
    tokensOut =
        new TokenTurn(
            n, images, channels, tokensProduct, 0, floats(outputs[1]), outputs[1].offset());
    predictionOut =
        new TokenTurn(
            n, images, channels, predictionProduct, 0, floats(outputs[2]), outputs[2].offset());
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
      if (weighting) {
        weight(l);
      } else {
        finish(l);
      }
    }
  }

  private void weight(int l) {
    int at = l * t.n;
    int weight = t.n - l;
    RowArithmetic.scale(t.basis, t.basisOffset + at, weight, weightedBasis, at, t.n);
    RowArithmetic.scale(t.basisGram, at, weight, t.basisGram, at, l);
    RowArithmetic.scale(t.predictionGram, at, weight, t.predictionGram, at, l);
    for (int m = l; m < t.n; m++) {
      t.basisGram[at + m] *= t.n - m;
      t.predictionGram[at + m] *= t.n - m;
    }
  }

  private void finish(int l) {
    int row = l * t.columns;
    int weight = t.n - l;
    RowArithmetic.accumulate(t.transformed, row, -weight, predictionProduct, row, t.columns);
    RowArithmetic.scale(predictionProduct, row, scale, predictionProduct, row, t.columns);
    RowArithmetic.accumulate(t.tokens, row, -t.n, tokensProduct, row, t.columns);
    RowArithmetic.scale(tokensProduct, row, -scale, tokensProduct, row, t.columns);
    int at = basisOffset + l * t.n;
    RowArithmetic.accumulate(mixed, l * t.n, -weight, basisOut, at, t.n);
    RowArithmetic.scale(basisOut, at, scale, basisOut, at, t.n);
  }

  @Override
  public void run() {
    t.compute();
    scale = (float) (2.0 * gradient[gradientOffset] / t.elements);
    weighting = true;
    super.run();
    for (Gemm product : products) {
      product.execute();
    }
    weighting = false;
    super.run();
    tokensOut.run();
    predictionOut.run();
  }
}
