package org.basisar.kernels.elementwise;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.ElementLoop;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;

/** Sets every element of an array to one value. */
public final class FillKernel {
  private FillKernel() {}

  /**
   * Prepares a fill.
   *
   * @param type any but F64
   * @param out address of {@code count} elements
   */
  public static KernelLaunch prepare(
      KernelLibrary library, ElementType type, long out, long count, double value) {
    GpuKernel kernel = library.kernel("elementwise/fill", "fill" + KernelLibrary.suffix(type));
    Parameters parameters = new Parameters(kernel).pointer(out).int64(count);
    switch (type) {
      case F32, BF16 -> parameters.float32((float) value);
      case I32, U8 -> parameters.int32((int) value);
      case F64 -> throw new IllegalArgumentException("fill: there is no kernel for F64");
    }
    return new KernelLaunch(kernel, ElementLoop.grid(count), parameters);
  }
}
