package org.basisar.kernels.normalization;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;
import org.basisar.kernels.Packs;

/** Softmax over the last axis of [rows, width], and its gradient. */
public final class SoftmaxKernel {
  private static final String MODULE = "normalization/softmax";
  private static final int THREADS = 128;
  private static final int WARPS = THREADS / 32;
  private static final int MOST_WIDTH = 1024;

  private SoftmaxKernel() {}

  /** Softmax by the fastest kernel for the shape; F32 or BF16. */
  public static KernelLaunch prepare(
      KernelLibrary library, ElementType type, long x, int rows, int width, long out) {
    if (!fitsWarp(type, width, x, out)) {
      return simple(library, type, x, rows, width, out);
    }
    GpuKernel kernel = library.kernel(MODULE, "softmax" + KernelLibrary.suffix(type));
    return warps(kernel, new Parameters(kernel).pointer(x).pointer(out), rows, width);
  }

  /**
   * ∂L/∂x by the fastest kernel for the shape.
   *
   * @param y the softmax
   */
  public static KernelLaunch gradient(
      KernelLibrary library,
      ElementType type,
      long y,
      long gradient,
      int rows,
      int width,
      long out) {
    if (!fitsWarp(type, width, y, gradient, out)) {
      return simpleGradient(library, type, y, gradient, rows, width, out);
    }
    GpuKernel kernel = library.kernel(MODULE, "softmax_gradient" + KernelLibrary.suffix(type));
    Parameters parameters = new Parameters(kernel).pointer(y).pointer(gradient).pointer(out);
    return warps(kernel, parameters, rows, width);
  }

  /** Version 1 of {@link #prepare}: one block a row. */
  public static KernelLaunch simple(
      KernelLibrary library, ElementType type, long x, int rows, int width, long out) {
    GpuKernel kernel = library.kernel(MODULE, "simple_softmax" + KernelLibrary.suffix(type));
    Parameters parameters = new Parameters(kernel).pointer(x).pointer(out).int32(width);
    return new KernelLaunch(kernel, Grid.linear(rows, THREADS), parameters);
  }

  /** Version 1 of {@link #gradient}. */
  public static KernelLaunch simpleGradient(
      KernelLibrary library,
      ElementType type,
      long y,
      long gradient,
      int rows,
      int width,
      long out) {
    GpuKernel kernel =
        library.kernel(MODULE, "simple_softmax_gradient" + KernelLibrary.suffix(type));
    Parameters parameters =
        new Parameters(kernel).pointer(y).pointer(gradient).pointer(out).int32(width);
    return new KernelLaunch(kernel, Grid.linear(rows, THREADS), parameters);
  }

  private static boolean fitsWarp(ElementType type, int width, long... addresses) {
    return width <= MOST_WIDTH && Packs.fit(type, width, addresses);
  }

  private static KernelLaunch warps(GpuKernel kernel, Parameters parameters, int rows, int width) {
    return new KernelLaunch(
        kernel,
        Grid.linear(Grid.blocksFor(rows, WARPS), THREADS),
        parameters.int32(rows).int32(width));
  }
}
