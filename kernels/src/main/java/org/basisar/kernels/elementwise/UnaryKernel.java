package org.basisar.kernels.elementwise;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.ElementLoop;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;

/** Functions of one variable and their gradients, for F32 and BF16. */
public final class UnaryKernel {
  private static final String MODULE = "elementwise/unary";

  private UnaryKernel() {}

  /**
   * y = f(x).
   *
   * @param function name of f: neg, exp, log, sqrt, rsqrt, square, abs, sigmoid, silu, gelu, tanh,
   *     sin, cos, trunc
   */
  public static KernelLaunch forward(
      KernelLibrary library, String function, ElementType type, long x, long y, long count) {
    GpuKernel kernel = library.kernel(MODULE, function + KernelLibrary.suffix(type));
    return new KernelLaunch(
        kernel, ElementLoop.grid(count), new Parameters(kernel).pointer(x).pointer(y).int64(count));
  }

  /** dx = f′(x) · dy. */
  public static KernelLaunch gradient(
      KernelLibrary library,
      String function,
      ElementType type,
      long x,
      long dy,
      long dx,
      long count) {
    GpuKernel kernel = library.kernel(MODULE, function + "_gradient" + KernelLibrary.suffix(type));
    return new KernelLaunch(
        kernel,
        ElementLoop.grid(count),
        new Parameters(kernel).pointer(x).pointer(dy).pointer(dx).int64(count));
  }
}
