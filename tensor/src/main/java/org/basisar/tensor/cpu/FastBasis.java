package org.basisar.tensor.cpu;

import org.basisar.tensor.Basis;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/** Fast kernels of {@link Basis}. */
final class FastBasis {
  private FastBasis() {}

  static Launch prepare(Basis op, Tensor[] inputs, Tensor[] outputs) {
    return switch (op) {
      case Basis.Transform(boolean transposed) -> transform(transposed, inputs, outputs[0]);
      case Basis.OuterSum() -> outerSum(inputs[0], inputs[1], outputs[0]);
      case Basis.ResidualLoss() -> new FastResidualLoss(inputs, outputs[0]);
      case Basis.ResidualLossGradient() -> new FastResidualGradient(inputs, outputs);
    };
  }

  /**
   * A·x of every image. The few channels of an image would leave most of a tile idle, so that the
   * channels of all images are put side by side for one product.
   */
  private static Launch transform(boolean transposed, Tensor[] inputs, Tensor output) {
    Tensor a = inputs[0];
    Tensor x = inputs[1];
    int images = x.shape().dim(0);
    int inner = x.shape().dim(1);
    int channels = x.shape().dim(2);
    int rows = output.shape().dim(1);
    int lda = a.shape().dim(1);
    if (images <= 1 || channels % FloatTile.COLUMNS == 0) {
      Gemm gemm =
          new Gemm(transposed, false, rows, channels, inner)
              .a(FastKernel.floats(a), a.offset(), lda)
              .b(FastKernel.floats(x), x.offset(), channels)
              .c(FastKernel.floats(output), output.offset(), channels)
              .batch(images, 0, inner * channels, rows * channels);
      return gemm::execute;
    }
    int columns = images * channels;
    float[] tokens = new float[inner * columns];
    float[] product = new float[rows * columns];
    Gemm gemm =
        new Gemm(transposed, false, rows, columns, inner)
            .a(FastKernel.floats(a), a.offset(), lda)
            .b(tokens, 0, columns)
            .c(product, 0, columns);
    return FastKernel.sequence(
        new TokenTurn(images, inner, channels, FastKernel.floats(x), x.offset(), tokens, 0),
        gemm::execute,
        new TokenTurn(
            rows, images, channels, product, 0, FastKernel.floats(output), output.offset()));
  }

  private static Launch outerSum(Tensor left, Tensor right, Tensor output) {
    Shape p = left.shape();
    int columns = right.shape().dim(1);
    int channels = p.dim(2);
    Gemm gemm =
        new Gemm(false, true, p.dim(1), columns, channels)
            .a(FastKernel.floats(left), left.offset(), channels)
            .b(FastKernel.floats(right), right.offset(), channels)
            .c(FastKernel.floats(output), output.offset(), columns)
            .batchSum(p.dim(0), p.dim(1) * channels, columns * channels);
    return gemm::execute;
  }
}
