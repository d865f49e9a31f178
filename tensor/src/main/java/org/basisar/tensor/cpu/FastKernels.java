package org.basisar.tensor.cpu;

import org.basisar.tensor.Launch;
import org.basisar.tensor.Op;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The fp32 kernels on the Vector API, for the operations that a training step spends its time in.
 */
final class FastKernels {
  private FastKernels() {}

  /** A launch, or null if the operation, dtype or shape has no fast kernel. */
  static @Nullable Launch prepare(Op op, Tensor[] inputs, Tensor[] outputs) {
    return null;
  }
}
