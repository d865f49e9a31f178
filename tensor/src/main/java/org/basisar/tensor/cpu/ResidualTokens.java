package org.basisar.tensor.cpu;

import org.basisar.tensor.Launch;
import org.basisar.tensor.Tensor;

/**
 * What the residual loss and its gradients have in common, for x and the prediction ŷ as [N, B·C]:
 * A·x, A·Aᵀ and Σ ŷ·ŷᵀ, the last two to be weighted by W_lm = N − max(l, m).
 */
final class ResidualTokens {
  final int n;
  final int columns;

  /** Number of residual elements that the loss is the mean of. */
  final double elements;

  final float[] basis;
  final int basisOffset;
  final float[] tokens;
  final float[] prediction;

  /** A·x. */
  final float[] transformed;

  /** A·Aᵀ. */
  final float[] basisGram;

  /** Σ over images of ŷ·ŷᵀ. */
  final float[] predictionGram;

  private final Launch launch;

  ResidualTokens(Tensor a, Tensor x, Tensor y) {
    int images = x.shape().dim(0);
    int channels = x.shape().dim(2);
    n = x.shape().dim(1);
    columns = images * channels;
    elements = (double) n * n * columns;
    basis = FastKernel.floats(a);
    basisOffset = a.offset();
    tokens = new float[n * columns];
    prediction = new float[n * columns];
    transformed = new float[n * columns];
    basisGram = new float[n * n];
    predictionGram = new float[n * n];
    Gemm transform =
        new Gemm(false, false, n, columns, n)
            .a(basis, basisOffset, n)
            .b(tokens, 0, columns)
            .c(transformed, 0, columns);
    Gemm ofBasis =
        new Gemm(false, true, n, n, n)
            .a(basis, basisOffset, n)
            .b(basis, basisOffset, n)
            .c(basisGram, 0, n);
    Gemm ofPrediction =
        new Gemm(false, true, n, n, columns)
            .a(prediction, 0, columns)
            .b(prediction, 0, columns)
            .c(predictionGram, 0, n);
    launch =
        FastKernel.sequence(
            new TokenTurn(images, n, channels, FastKernel.floats(x), x.offset(), tokens, 0),
            new TokenTurn(images, n, channels, FastKernel.floats(y), y.offset(), prediction, 0),
            transform::execute,
            ofBasis::execute,
            ofPrediction::execute);
  }

  void compute() {
    launch.run();
  }
}
