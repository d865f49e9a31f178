package org.basisar.tensor.cuda;

import org.basisar.kernels.elementwise.FillKernel;
import org.basisar.tensor.Generation;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Tensor;

/** Binds the operations of {@link Generation} to kernels. */
final class CudaGeneration {
  private CudaGeneration() {}

  static Launch prepare(CudaContext context, Generation op, Tensor[] inputs, Tensor[] outputs) {
    if (op instanceof Generation.Fill fill) {
      Tensor out = outputs[0];
      return context.launch(
          FillKernel.prepare(
              context.kernels(),
              CudaContext.type(fill.dtype()),
              CudaContext.address(out),
              out.size(),
              fill.value()));
    }
    throw new IllegalArgumentException(op.title() + ": there is no kernel yet");
  }
}
