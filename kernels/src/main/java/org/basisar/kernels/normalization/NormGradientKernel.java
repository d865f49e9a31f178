package org.basisar.kernels.normalization;

import java.util.ArrayList;
import java.util.List;
import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;
import org.basisar.kernels.reduction.ColumnReduceKernel;
import org.basisar.kernels.reduction.ReduceKind;
import org.basisar.kernels.reduction.ReduceShape;

/**
 * Version 2 of the gradients of normalisations: ∂L/∂x, and the sums over a chunk of rows by the
 * block that has them in cache; then the chunks of each group are added in order.
 */
public final class NormGradientKernel {
  private static final int THREADS = 256;

  private NormGradientKernel() {}

  /** Bytes of scratch memory that {@link #prepare} needs. */
  public static long scratchBytes(NormShape shape) {
    return SimpleNormKernel.scratchBytes(shape);
  }

  /**
   * Prepares a gradient by the fastest kernel for the shape.
   *
   * @param type F32 or BF16, of all operands
   * @param scratch address of {@link #scratchBytes} bytes
   */
  public static KernelLaunch[] prepare(
      KernelLibrary library,
      NormKind kind,
      ElementType type,
      NormOperands operands,
      NormShape shape,
      double epsilon,
      long scratch) {
    if (!shape.fitsWarp(
        type, operands.x(), operands.factor(), operands.gradient(), operands.ofX())) {
      return SimpleNormKernel.gradient(library, kind, type, operands, shape, epsilon, scratch);
    }
    GpuKernel kernel =
        library.kernel(
            "normalization/norm_gradient",
            kind.kernel() + "_gradient" + shape.size() + KernelLibrary.suffix(type));
    Parameters parameters =
        new Parameters(kernel)
            .pointer(operands.x())
            .pointer(operands.factor())
            .pointer(operands.gradient())
            .pointer(operands.ofX())
            .pointer(operands.hasSums() ? scratch : 0)
            .pointer(operands.hasSums() ? scratch + shape.partialBytes() : 0)
            .int32(shape.width())
            .int32(shape.rowsPerGroup())
            .int32(shape.chunk())
            .int32(shape.chunksPerGroup())
            .float32((float) epsilon);
    int blocks = shape.groups() * shape.chunksPerGroup();
    List<KernelLaunch> launches = new ArrayList<>();
    launches.add(new KernelLaunch(kernel, Grid.linear(blocks, THREADS), parameters));
    addSums(launches, library, type, operands, shape, scratch);
    return launches.toArray(new KernelLaunch[0]);
  }

  /** The second stage: adds the chunks of each group. */
  static void addSums(
      List<KernelLaunch> launches,
      KernelLibrary library,
      ElementType type,
      NormOperands operands,
      NormShape shape,
      long partial) {
    ReduceShape chunks = new ReduceShape(shape.groups(), shape.chunksPerGroup(), shape.width());
    if (operands.ofFactor() != 0) {
      launches.add(
          ColumnReduceKernel.finish(
              library, ReduceKind.SUM, type, partial, chunks, 1, 0, operands.ofFactor()));
    }
    if (operands.ofShift() != 0) {
      launches.add(
          ColumnReduceKernel.finish(
              library,
              ReduceKind.SUM,
              type,
              partial + shape.partialBytes(),
              chunks,
              1,
              0,
              operands.ofShift()));
    }
  }
}
