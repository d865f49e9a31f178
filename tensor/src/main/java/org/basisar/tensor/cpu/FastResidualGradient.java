package org.basisar.tensor.cpu;

import java.util.Arrays;
import org.basisar.tensor.Launch;
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
 * <p>First the weighted matrices are made, W ∘ A·Aᵀ in the place of ∂/∂A and w ∘ A in the work
 * space. Then each image is multiplied with them where it is, and at last ∂/∂A is summed over the
 * images. So the work space is one N×N matrix.
 */
final class FastResidualGradient implements Launch {
  private final int n;
  private final double elements;
  private final float[] basis;
  private final int basisOffset;
  private final float[] gradient;
  private final int gradientOffset;
  private final float[] basisOut;
  private final int basisOutOffset;

  private final Gemm basisGram;
  private final Weights weights = new Weights();
  private final Images images;
  private final Gemm mixedGram;
  private final Gemm predictionGram;
  private final Gemm last;

  private float scale;
  private float[] work = {};

  FastResidualGradient(Tensor[] inputs, Tensor[] outputs) {
    Tensor a = inputs[0];
    Tensor x = inputs[1];
    Tensor prediction = inputs[2];
    n = x.shape().dim(1);
    elements = (double) n * x.size();
    basis = FastKernel.floats(a);
    basisOffset = a.offset();
    gradient = FastKernel.floats(inputs[3]);
    gradientOffset = inputs[3].offset();
    basisOut = FastKernel.floats(outputs[0]);
    basisOutOffset = outputs[0].offset();
    images = new Images(a, x, prediction, outputs[1], outputs[2]);
    basisGram =
        new Gemm(false, true, n, n, n)
            .a(basis, basisOffset, n)
            .b(basis, basisOffset, n)
            .c(basisOut, basisOutOffset, n)
            .lower();
    mixedGram = FastBasis.outerProduct(prediction, x).c(basisOut, basisOutOffset, n);
    predictionGram = FastBasis.outerProduct(prediction, prediction).lower();
    last =
        new Gemm(false, false, n, n, n)
            .b(basis, basisOffset, n)
            .c(basisOut, basisOutOffset, n)
            .accumulate(true);
  }

  @Override
  public void run() {
    if (elements == 0) {
      Arrays.fill(basisOut, basisOutOffset, basisOutOffset + n * n, 0);
      return;
    }
    scale = (float) (2.0 * gradient[gradientOffset] / elements);
    work = Scratch.ofThread().floats(Scratch.WORK, n * n);
    basisGram.execute();
    weights.run(false);
    images.run(basisOut, basisOutOffset, work, scale * n);
    mixedGram.execute();
    predictionGram.c(work, 0, n).execute();
    weights.run(true);
    last.a(work, 0, n).execute();
  }

  /**
   * Multiplies one matrix with the w_l of its rows, and another one, of which the elements [l, m]
   * with m ≤ l are there, with W; an item is a few rows of both, or of the other's columns.
   */
  private final class Weights extends FastKernel {
    private static final int BLOCK = FloatTile.LANES;

    private boolean ofImages;

    /**
     * Weighs.
     *
     * @param sums whether the matrices are the sums over images, or A and A·Aᵀ
     */
    void run(boolean sums) {
      ofImages = sums;
      run();
    }

    @Override
    public int items() {
      return (n + BLOCK - 1) / BLOCK;
    }

    @Override
    public int grain() {
      return grain(CHEAP, 2 * n * BLOCK);
    }

    @Override
    public void run(int from, int to) {
      for (int block = from; block < to; block++) {
        int first = block * BLOCK;
        int end = Math.min(n, first + BLOCK);
        if (ofImages) {
          rows(basisOut, basisOutOffset, basisOut, basisOutOffset, first, end);
          symmetric(work, 0, first, end);
        } else {
          rows(basis, basisOffset, work, 0, first, end);
          symmetric(basisOut, basisOutOffset, first, end);
        }
      }
    }

    private void rows(float[] in, int inOffset, float[] out, int outOffset, int first, int end) {
      for (int l = first; l < end; l++) {
        int row = l * n;
        RowArithmetic.scale(in, inOffset + row, -scale * (n - l), out, outOffset + row, n);
      }
    }

    /** Of the elements with these l the weight is w_l, and [m, l] is the same as [l, m]. */
    private void symmetric(float[] matrix, int offset, int first, int end) {
      for (int l = first; l < end; l++) {
        int row = offset + l * n;
        RowArithmetic.scale(matrix, row, scale * (n - l), matrix, row, l + 1);
      }
      int m = 0;
      if (FloatTranspose.SUPPORTED && end - first == BLOCK) {
        for (; m < first; m += BLOCK) {
          int from = offset + first * n + m;
          FloatTranspose.block(matrix, from, n, matrix, offset + m * n + first, n);
        }
      }
      for (; m < end; m++) {
        for (int l = Math.max(first, m + 1); l < end; l++) {
          matrix[offset + m * n + l] = matrix[offset + l * n + m];
        }
      }
    }
  }

  /**
   * ∂/∂ŷ and ∂/∂x, image by image; an item is one of {@link TokenProduct}. Until ∂/∂x is there, its
   * place holds the second half of ∂/∂ŷ.
   */
  private static final class Images extends FastKernel {
    private final int rowsOfItem;
    private final int channels;
    private final int size;
    private final TokenProduct ofPrediction;
    private final TokenProduct ofTokens;
    private final TokenProduct back;
    private final float[] tokens;
    private final int tokensOffset;
    private final float[] tokensOut;
    private final int tokensOutOffset;
    private final float[] predictionOut;
    private final int predictionOutOffset;
    private float factor;

    Images(Tensor a, Tensor x, Tensor prediction, Tensor tokensOut, Tensor predictionOut) {
      ofPrediction = new TokenProduct(false, a, prediction, predictionOut, null);
      ofTokens = new TokenProduct(false, a, x, tokensOut, null);
      back = new TokenProduct(true, a, prediction, tokensOut, null);
      channels = x.shape().dim(2);
      rowsOfItem = x.shape().dim(0) == 1 ? FloatTile.ROWS : x.shape().dim(1);
      size = x.size();
      tokens = floats(x);
      tokensOffset = x.offset();
      this.tokensOut = floats(tokensOut);
      tokensOutOffset = tokensOut.offset();
      this.predictionOut = floats(predictionOut);
      predictionOutOffset = predictionOut.offset();
    }

    /**
     * Multiplies.
     *
     * @param gram 2·W ∘ A·Aᵀ, scaled
     * @param weighted −2·w ∘ A, scaled
     * @param times what x is multiplied with
     */
    void run(float[] gram, int gramOffset, float[] weighted, float times) {
      ofPrediction.a(gram, gramOffset);
      ofTokens.a(weighted, 0);
      back.a(weighted, 0);
      factor = times;
      run();
    }

    @Override
    public int items() {
      return ofPrediction.items();
    }

    @Override
    public int grain() {
      return (ofPrediction.grain() + 2) / 3;
    }

    @Override
    public void run(int from, int to) {
      int first = from * rowsOfItem * channels;
      int count = Math.min(size, to * rowsOfItem * channels) - first;
      int half = predictionOutOffset + first;
      int other = tokensOutOffset + first;
      ofPrediction.run(from, to);
      ofTokens.run(from, to);
      RowArithmetic.add(predictionOut, half, tokensOut, other, predictionOut, half, count);
      back.run(from, to);
      RowArithmetic.accumulate(tokens, tokensOffset + first, factor, tokensOut, other, count);
    }
  }
}
