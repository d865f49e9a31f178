package org.basisar.tensor.cpu;

import org.basisar.tensor.Basis;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Fast kernels of {@link Basis}; the scan form of the residual loss has none. */
final class FastBasis {
  private FastBasis() {}

  static @Nullable Launch prepare(Basis op, Tensor[] inputs, Tensor[] outputs) {
    return switch (op) {
      case Basis.Transform(boolean transposed) ->
          new TokenProduct(transposed, inputs[0], inputs[1], outputs[0], null);
      case Basis.NoisyTransform() -> noisyTransform(inputs, outputs[0], outputs[1]);
      case Basis.OuterSum() -> outerSum(inputs[0], inputs[1], outputs[0]);
      case Basis.Orthogonality() -> new FastOrthogonality(inputs[0], outputs);
      case Basis.ResidualLoss(Basis.ResidualForm form) ->
          form == Basis.ResidualForm.SCAN ? null : new FastResidualLoss(inputs, outputs[0]);
      case Basis.ResidualLossGradient(Basis.ResidualForm form) ->
          form == Basis.ResidualForm.SCAN ? null : new FastResidualGradient(inputs, outputs);
    };
  }

  private static Launch noisyTransform(Tensor[] inputs, Tensor output, Tensor noisy) {
    FastGate.Interpolate mixing =
        new FastGate.Interpolate(new Tensor[] {output, inputs[2], inputs[3]}, noisy);
    if (inputs[1].shape().dim(0) == 1) {
      // Threads share the rows of the only image, so that no thread has a whole one to mix.
      TokenProduct product = new TokenProduct(false, inputs[0], inputs[1], output, null);
      return FastKernel.sequence(product, mixing);
    }
    return new TokenProduct(false, inputs[0], inputs[1], output, mixing);
  }

  private static Launch outerSum(Tensor left, Tensor right, Tensor output) {
    Gemm gemm = outerProduct(left, right);
    gemm.c(FastKernel.floats(output), output.offset(), right.shape().dim(1));
    return gemm::execute;
  }

  /** Σ over images of p·qᵀ for p [B, M, C] and q [B, N, C], its result not yet bound. */
  static Gemm outerProduct(Tensor left, Tensor right) {
    int rows = left.shape().dim(1);
    int columns = right.shape().dim(1);
    int channels = left.shape().dim(2);
    return new Gemm(false, true, rows, columns, channels)
        .a(FastKernel.floats(left), left.offset(), channels)
        .b(FastKernel.floats(right), right.offset(), channels)
        .batchSum(left.shape().dim(0), rows * channels, columns * channels);
  }
}
