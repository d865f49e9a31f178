package org.basisar.kernels.normalization;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;

/** Version 2 of normalisations: one warp a row; {@link SimpleNormKernel} is version 1. */
public final class NormKernel {
  private static final int THREADS = 256;
  private static final int WARPS = THREADS / 32;

  private NormKernel() {}

  /**
   * Prepares a normalisation by the fastest kernel for the shape.
   *
   * @param type F32 or BF16, of all arrays
   * @param factor weight or scale [groups, width], 0 for none
   * @param shift bias or shift [groups, width], 0 for none
   */
  public static KernelLaunch prepare(
      KernelLibrary library,
      NormKind kind,
      ElementType type,
      long x,
      long factor,
      long shift,
      NormShape shape,
      double epsilon,
      long out) {
    if (!shape.fitsWarp(type, x, factor, shift, out)) {
      return SimpleNormKernel.prepare(library, kind, type, x, factor, shift, shape, epsilon, out);
    }
    GpuKernel kernel =
        library.kernel(
            "normalization/norm", kind.kernel() + shape.size() + KernelLibrary.suffix(type));
    Parameters parameters =
        new Parameters(kernel)
            .pointer(x)
            .pointer(factor)
            .pointer(shift)
            .pointer(out)
            .int32(shape.rows())
            .int32(shape.width())
            .int32(shape.rowsPerGroup())
            .float32((float) epsilon);
    return new KernelLaunch(
        kernel, Grid.linear(Grid.blocksFor(shape.rows(), WARPS), THREADS), parameters);
  }
}
