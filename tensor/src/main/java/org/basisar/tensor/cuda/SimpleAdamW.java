package org.basisar.tensor.cuda;

import org.basisar.kernels.optimization.AdamWKernel;
import org.basisar.tensor.Alternative;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Op;
import org.basisar.tensor.Optimization;
import org.basisar.tensor.Tensor;

/** Version 1 of the optimiser's step. */
final class SimpleAdamW implements Alternative {
  private final CudaContext context;

  SimpleAdamW(CudaContext context) {
    this.context = context;
  }

  @Override
  public String name() {
    return "simpleAdamW";
  }

  @Override
  public boolean computes(Op op) {
    return op instanceof Optimization.AdamW;
  }

  @Override
  public Launch prepare(Op op, Tensor[] inputs, Tensor[] outputs) {
    return CudaOptimization.adamW(context, (Optimization.AdamW) op, inputs, AdamWKernel::simple);
  }
}
