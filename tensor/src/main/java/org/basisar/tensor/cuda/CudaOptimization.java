package org.basisar.tensor.cuda;

import org.basisar.tensor.Launch;
import org.basisar.tensor.Optimization;
import org.basisar.tensor.Tensor;

/** Binds the operations of {@link Optimization} to kernels. */
final class CudaOptimization {
  private CudaOptimization() {}

  static Launch prepare(CudaContext context, Optimization op, Tensor[] inputs, Tensor[] outputs) {
    if (outputs.length > 0) {
      throw new IllegalArgumentException(op.title() + ": there is no kernel yet");
    }
    return CudaContext.nothing();
  }
}
