package org.basisar.kernels.normalization;

import java.util.ArrayList;
import java.util.List;
import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;

/** Version 1 of normalisations: one block a row, any width and alignment. */
public final class SimpleNormKernel {
  private static final String MODULE = "normalization/simple_norm";
  private static final int THREADS = 128;

  private SimpleNormKernel() {}

  /** Prepares a normalisation; see {@link NormKernel#prepare}. */
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
    GpuKernel kernel =
        library.kernel(MODULE, "simple_" + kind.kernel() + KernelLibrary.suffix(type));
    Parameters parameters =
        new Parameters(kernel)
            .pointer(x)
            .pointer(factor)
            .pointer(shift)
            .pointer(out)
            .int32(shape.width())
            .int32(shape.rowsPerGroup())
            .float32((float) epsilon);
    return new KernelLaunch(kernel, Grid.linear(shape.rows(), THREADS), parameters);
  }

  /** Bytes of scratch memory that {@link #gradient} needs. */
  public static long scratchBytes(NormShape shape) {
    return 2 * shape.partialBytes() + 2L * Float.BYTES * (shape.rows() + 1L);
  }

  /** Prepares a gradient; see {@link NormGradientKernel#prepare}. */
  public static KernelLaunch[] gradient(
      KernelLibrary library,
      NormKind kind,
      ElementType type,
      NormOperands operands,
      NormShape shape,
      double epsilon,
      long scratch) {
    // Pairs of floats, which are read 8 bytes at a time.
    long kept = Math.ceilDiv(scratch + 2 * shape.partialBytes(), 8L) * 8;
    GpuKernel kernel =
        library.kernel(
            MODULE, "simple_" + kind.kernel() + "_gradient" + KernelLibrary.suffix(type));
    Parameters parameters =
        new Parameters(kernel)
            .pointer(operands.x())
            .pointer(operands.factor())
            .pointer(operands.gradient())
            .pointer(operands.ofX())
            .pointer(operands.hasSums() ? kept : 0)
            .int32(shape.width())
            .int32(shape.rowsPerGroup())
            .float32((float) epsilon);
    List<KernelLaunch> launches = new ArrayList<>();
    launches.add(new KernelLaunch(kernel, Grid.linear(shape.rows(), THREADS), parameters));
    if (operands.hasSums()) {
      launches.add(sums(library, type, operands, shape, kept, scratch));
      NormGradientKernel.addSums(launches, library, type, operands, shape, scratch);
    }
    return launches.toArray(new KernelLaunch[0]);
  }

  private static KernelLaunch sums(
      KernelLibrary library,
      ElementType type,
      NormOperands operands,
      NormShape shape,
      long kept,
      long partial) {
    GpuKernel kernel = library.kernel(MODULE, "simple_sums" + KernelLibrary.suffix(type));
    Parameters parameters =
        new Parameters(kernel)
            .pointer(operands.x())
            .pointer(operands.gradient())
            .pointer(kept)
            .pointer(partial)
            .pointer(partial + shape.partialBytes())
            .int32(shape.width())
            .int32(shape.rowsPerGroup())
            .int32(shape.chunk())
            .int32(shape.chunksPerGroup());
    int chunks = shape.groups() * shape.chunksPerGroup();
    return new KernelLaunch(
        kernel,
        Grid.rectangle(chunks, Grid.blocksFor(shape.width(), THREADS), THREADS),
        parameters);
  }
}
