package org.basisar.tensor.cuda;

import org.basisar.tensor.Launch;
import org.basisar.tensor.Reduction;
import org.basisar.tensor.Tensor;

/** Binds the operations of {@link Reduction} to kernels. */
final class CudaReduction {
  private CudaReduction() {}

  static Launch prepare(CudaContext context, Reduction op, Tensor[] inputs, Tensor[] outputs) {
    if (outputs.length > 0) {
      throw new IllegalArgumentException(op.title() + ": there is no kernel yet");
    }
    return CudaContext.nothing();
  }
}
