package org.basisar.tensor.cuda;

import org.basisar.tensor.AttentionOp;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Tensor;

/** Binds the operations of {@link AttentionOp} to kernels. */
final class CudaAttention {
  private CudaAttention() {}

  static Launch prepare(CudaContext context, AttentionOp op, Tensor[] inputs, Tensor[] outputs) {
    if (outputs.length > 0) {
      throw new IllegalArgumentException(op.title() + ": there is no kernel yet");
    }
    return CudaContext.nothing();
  }
}
