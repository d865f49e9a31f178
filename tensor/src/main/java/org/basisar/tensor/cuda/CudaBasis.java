package org.basisar.tensor.cuda;

import org.basisar.tensor.Basis;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Tensor;

/** Binds the operations of {@link Basis} to kernels. */
final class CudaBasis {
  private CudaBasis() {}

  static Launch prepare(CudaContext context, Basis op, Tensor[] inputs, Tensor[] outputs) {
    if (outputs.length > 0) {
      throw new IllegalArgumentException(op.title() + ": there is no kernel yet");
    }
    return CudaContext.nothing();
  }
}
