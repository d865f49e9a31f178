package org.basisar.tensor.cuda;

import org.basisar.tensor.Launch;
import org.basisar.tensor.Movement;
import org.basisar.tensor.Tensor;

/** Binds the operations of {@link Movement} to kernels. */
final class CudaMovement {
  private CudaMovement() {}

  static Launch prepare(CudaContext context, Movement op, Tensor[] inputs, Tensor[] outputs) {
    if (outputs.length > 0) {
      throw new IllegalArgumentException(op.title() + ": there is no kernel yet");
    }
    return CudaContext.nothing();
  }
}
