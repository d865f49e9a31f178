package org.basisar.kernels.elementwise;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.ElementLoop;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;

/** Functions of one variable with constants, for F32 and BF16. */
public final class ScalarKernel {
  private ScalarKernel() {}

  /** y = scale · x + shift. */
  public static KernelLaunch affine(
      KernelLibrary library,
      ElementType type,
      long x,
      long y,
      long count,
      double scale,
      double shift) {
    return prepare(library, "affine", type, x, y, count, scale, shift);
  }

  /** y = x^exponent. */
  public static KernelLaunch power(
      KernelLibrary library, ElementType type, long x, long y, long count, double exponent) {
    return prepare(library, "power", type, x, y, count, exponent, 0);
  }

  /** y = min(max(x, least), most). */
  public static KernelLaunch clamp(
      KernelLibrary library,
      ElementType type,
      long x,
      long y,
      long count,
      double least,
      double most) {
    return prepare(library, "clamp", type, x, y, count, least, most);
  }

  private static KernelLaunch prepare(
      KernelLibrary library,
      String name,
      ElementType type,
      long x,
      long y,
      long count,
      double first,
      double second) {
    GpuKernel kernel = library.kernel("elementwise/scalar", name + KernelLibrary.suffix(type));
    return new KernelLaunch(
        kernel,
        ElementLoop.grid(count),
        new Parameters(kernel)
            .pointer(x)
            .pointer(y)
            .int64(count)
            .float32((float) first)
            .float32((float) second));
  }
}
