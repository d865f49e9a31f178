package org.basisar.tensor.cuda;

import org.basisar.tensor.Launch;
import org.basisar.tensor.Matrix;
import org.basisar.tensor.Tensor;

/** Binds the operations of {@link Matrix} to kernels. */
final class CudaMatrix {
  private CudaMatrix() {}

  static Launch prepare(CudaContext context, Matrix op, Tensor[] inputs, Tensor[] outputs) {
    if (outputs.length > 0) {
      throw new IllegalArgumentException(op.title() + ": there is no kernel yet");
    }
    return CudaContext.nothing();
  }
}
