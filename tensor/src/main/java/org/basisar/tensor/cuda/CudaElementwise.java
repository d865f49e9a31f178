package org.basisar.tensor.cuda;

import org.basisar.tensor.Elementwise;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Tensor;

/** Binds the operations of {@link Elementwise} to kernels. */
final class CudaElementwise {
  private CudaElementwise() {}

  static Launch prepare(CudaContext context, Elementwise op, Tensor[] inputs, Tensor[] outputs) {
    if (outputs.length > 0) {
      throw new IllegalArgumentException(op.title() + ": there is no kernel yet");
    }
    return CudaContext.nothing();
  }
}
