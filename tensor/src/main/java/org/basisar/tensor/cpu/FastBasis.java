package org.basisar.tensor.cpu;

import org.basisar.tensor.Basis;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Fast kernels of {@link Basis}; the scan form of the residual loss has none. */
final class FastBasis {
  private FastBasis() {}

  static @Nullable Launch prepare(Basis op, Tensor[] inputs, Tensor[] outputs) {
    return switch (op) {
      case Basis.Transform(boolean transposed) -> transform(transposed, inputs, outputs[0]);
      case Basis.NoisyTransform() -> noisyTransform(inputs, outputs[0], outputs[1]);
      case Basis.OuterSum() -> outerSum(inputs[0], inputs[1], outputs[0]);
      case Basis.Orthogonality() -> new FastOrthogonality(inputs[0], outputs);
      case Basis.ResidualLoss(Basis.ResidualForm form) ->
          form == Basis.ResidualForm.SCAN ? null : new FastResidualLoss(inputs, outputs[0]);
      case Basis.ResidualLossGradient(Basis.ResidualForm form) ->
          form == Basis.ResidualForm.SCAN ? null : new FastResidualGradient(inputs, outputs);
    };
  }

  private static Launch transform(boolean transposed, Tensor[] inputs, Tensor output) {
    Tensor a = inputs[0];
    Tensor x = inputs[1];
    if (TokenProduct.suits(x.shape().dim(2))) {
      return new TokenProduct(transposed, a, x, output, null);
    }
    if (x.shape().dim(0) <= 1) {
      return batch(transposed, a, x, output);
    }
    Joined joined = new Joined(transposed, a, x, output);
    return FastKernel.sequence(
        joined.turn,
        joined.gemm::execute,
        new TokenTurn(
            joined.rows,
            joined.images,
            joined.channels,
            joined.product,
            0,
            FastKernel.floats(output),
            output.offset()));
  }

  private static Launch noisyTransform(Tensor[] inputs, Tensor output, Tensor noisy) {
    Tensor a = inputs[0];
    Tensor x = inputs[1];
    if (TokenProduct.suits(x.shape().dim(2))) {
      Tensor[] mixed = {output, inputs[2], inputs[3]};
      return new TokenProduct(false, a, x, output, new FastGate.Interpolate(mixed, noisy));
    }
    if (x.shape().dim(0) <= 1) {
      return FastKernel.sequence(
          batch(false, a, x, output),
          new FastGate.Interpolate(new Tensor[] {output, inputs[2], inputs[3]}, noisy));
    }
    Joined joined = new Joined(false, a, x, output);
    return FastKernel.sequence(
        joined.turn,
        joined.gemm::execute,
        new NoisyTurn(joined.product, inputs[2], inputs[3], output, noisy));
  }

  private static Launch batch(boolean transposed, Tensor a, Tensor x, Tensor output) {
    int inner = x.shape().dim(1);
    int channels = x.shape().dim(2);
    int rows = output.shape().dim(1);
    Gemm gemm =
        new Gemm(transposed, false, rows, channels, inner)
            .a(FastKernel.floats(a), a.offset(), a.shape().dim(1))
            .b(FastKernel.floats(x), x.offset(), channels)
            .c(FastKernel.floats(output), output.offset(), channels)
            .batch(x.shape().dim(0), 0, inner * channels, rows * channels);
    return gemm::execute;
  }

  /**
   * A·x of all images as one product, for tokens that {@link TokenProduct} does not suit: so few
   * channels would leave most of a tile idle, so that the channels of all images are put side by
   * side.
   */
  private static final class Joined {
    final int images;
    final int rows;
    final int channels;
    final float[] product; // [rows, images, channels]
    final TokenTurn turn;
    final Gemm gemm;

    Joined(boolean transposed, Tensor a, Tensor x, Tensor output) {
      images = x.shape().dim(0);
      rows = output.shape().dim(1);
      channels = x.shape().dim(2);
      int inner = x.shape().dim(1);
      int columns = images * channels;
      float[] tokens = new float[inner * columns];
      product = new float[rows * columns];
      turn = new TokenTurn(images, inner, channels, FastKernel.floats(x), x.offset(), tokens, 0);
      gemm =
          new Gemm(transposed, false, rows, columns, inner)
              .a(FastKernel.floats(a), a.offset(), a.shape().dim(1))
              .b(tokens, 0, columns)
              .c(product, 0, columns);
    }
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
