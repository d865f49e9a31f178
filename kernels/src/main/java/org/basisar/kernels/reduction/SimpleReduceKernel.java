package org.basisar.kernels.reduction;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;

/** Version 1 of reductions: one block for each result. {@link ReducePlan} has version 2. */
public final class SimpleReduceKernel {
  private static final int THREADS = 128;

  private SimpleReduceKernel() {}

  /**
   * Prepares a reduction.
   *
   * @param type F32 or BF16, of both arrays
   * @param divisor of sums
   */
  public static KernelLaunch prepare(
      KernelLibrary library,
      ReduceKind kind,
      ElementType type,
      long in,
      ReduceShape shape,
      float divisor,
      long out) {
    GpuKernel kernel =
        library.kernel(
            "reduction/simple_reduce", kind.kernel("simple", KernelLibrary.suffix(type)));
    Parameters parameters =
        new Parameters(kernel)
            .pointer(in)
            .pointer(out)
            .int32(shape.extent())
            .int32(shape.inner())
            .float32(divisor);
    return new KernelLaunch(kernel, Grid.linear(shape.results(), THREADS), parameters);
  }
}
