package org.basisar.kernels.elementwise;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.ElementLoop;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;

/** Conversions between any two different element types. */
public final class CastKernel {
  private CastKernel() {}

  /** y = x, rounded to nearest even or, to integers, truncated. */
  public static KernelLaunch prepare(
      KernelLibrary library, ElementType from, ElementType to, long x, long y, long count) {
    GpuKernel kernel =
        library.kernel(
            "elementwise/cast", "cast" + KernelLibrary.suffix(from) + KernelLibrary.suffix(to));
    return new KernelLaunch(
        kernel, ElementLoop.grid(count), new Parameters(kernel).pointer(x).pointer(y).int64(count));
  }
}
