package org.basisar.kernels.reduction;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;
import org.basisar.kernels.Packs;

/** Reductions of the middle axis, neighbouring columns being read together. */
public final class ColumnReduceKernel {
  private static final int THREADS = 256;
  private static final int LANES = 32;

  private ColumnReduceKernel() {}

  /**
   * One block for each chunk of rows and strip of columns.
   *
   * @param type F32 or BF16
   * @param chunk rows of a chunk
   * @param partial states [outer, chunks, inner], written if {@code out} is 0
   * @param out results if there is one chunk, or 0
   */
  public static KernelLaunch columns(
      KernelLibrary library,
      ReduceKind kind,
      ElementType type,
      long in,
      ReduceShape shape,
      int chunk,
      float divisor,
      long partial,
      long out) {
    boolean packed = Packs.fit(type, shape.inner(), in);
    return prepare(
        library,
        kind.kernel(packed ? "packed" : "columns", KernelLibrary.suffix(type)),
        packed ? Packs.size(type) : 1,
        in,
        shape,
        chunk,
        divisor,
        partial,
        out);
  }

  /**
   * Reduces states.
   *
   * @param type of the results
   * @param partial states [outer, inner], written if {@code out} is 0
   * @param out results, or 0
   */
  public static KernelLaunch finish(
      KernelLibrary library,
      ReduceKind kind,
      ElementType type,
      long states,
      ReduceShape shape,
      float divisor,
      long partial,
      long out) {
    return prepare(
        library,
        kind.kernel("finish", KernelLibrary.suffix(type)),
        1,
        states,
        shape,
        Math.max(1, shape.extent()),
        divisor,
        partial,
        out);
  }

  private static KernelLaunch prepare(
      KernelLibrary library,
      String name,
      int columnsOfLane,
      long in,
      ReduceShape shape,
      int chunk,
      float divisor,
      long partial,
      long out) {
    int chunks = Grid.blocksFor(shape.extent(), chunk);
    if (out != 0 && chunks != 1) {
      throw new IllegalArgumentException("reduce: " + chunks + " chunks need a second pass");
    }
    GpuKernel kernel = library.kernel("reduction/column_reduce", name);
    Parameters parameters =
        new Parameters(kernel)
            .pointer(in)
            .pointer(partial)
            .pointer(out)
            .int32(shape.extent())
            .int32(shape.inner())
            .int32(chunk)
            .int32(chunks)
            .float32(divisor);
    int strips = Grid.blocksFor(shape.inner(), LANES * columnsOfLane);
    int blocks = Math.multiplyExact(Math.multiplyExact(shape.outer(), chunks), strips);
    return new KernelLaunch(kernel, Grid.linear(blocks, THREADS), parameters);
  }
}
