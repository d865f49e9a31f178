package org.basisar.tensor.cuda;

import org.basisar.tensor.Launch;
import org.basisar.tensor.Normalization;
import org.basisar.tensor.Tensor;

/** Binds the operations of {@link Normalization} to kernels. */
final class CudaNormalization {
  private CudaNormalization() {}

  static Launch prepare(CudaContext context, Normalization op, Tensor[] inputs, Tensor[] outputs) {
    if (outputs.length > 0) {
      throw new IllegalArgumentException(op.title() + ": there is no kernel yet");
    }
    return CudaContext.nothing();
  }
}
