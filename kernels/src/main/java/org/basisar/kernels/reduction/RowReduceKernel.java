package org.basisar.kernels.reduction;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;
import org.basisar.kernels.Packs;

/** Reductions of the last axis. */
public final class RowReduceKernel {
  private static final String MODULE = "reduction/row_reduce";
  private static final int THREADS = 256;
  private static final int WARPS = THREADS / 32;

  private RowReduceKernel() {}

  /**
   * One warp a row of [outer, extent].
   *
   * @param type F32 or BF16
   */
  public static KernelLaunch rows(
      KernelLibrary library,
      ReduceKind kind,
      ElementType type,
      long in,
      int outer,
      int extent,
      float divisor,
      long out) {
    GpuKernel kernel = library.kernel(MODULE, kind.kernel("rows", KernelLibrary.suffix(type)));
    Parameters parameters =
        new Parameters(kernel)
            .pointer(in)
            .pointer(out)
            .int32(outer)
            .int32(extent)
            .int32(Packs.fit(type, extent, in) ? 1 : 0)
            .float32(divisor);
    return new KernelLaunch(kernel, Grid.linear(Grid.blocksFor(outer, WARPS), THREADS), parameters);
  }

  /**
   * One block for each chunk of a row of [outer, extent].
   *
   * @param chunk elements of a chunk, a multiple of 8
   * @param partial states [outer, chunks], written if {@code out} is 0
   * @param out results [outer] if a row is one chunk, or 0
   */
  public static KernelLaunch chunks(
      KernelLibrary library,
      ReduceKind kind,
      ElementType type,
      long in,
      int outer,
      int extent,
      int chunk,
      float divisor,
      long partial,
      long out) {
    int chunks = Grid.blocksFor(extent, chunk);
    if (chunk % 8 != 0 || (out != 0 && chunks != 1)) {
      throw new IllegalArgumentException(
          "reduce: " + chunks + " chunks of " + chunk + " elements cannot be reduced at once");
    }
    GpuKernel kernel = library.kernel(MODULE, kind.kernel("chunks", KernelLibrary.suffix(type)));
    Parameters parameters =
        new Parameters(kernel)
            .pointer(in)
            .pointer(partial)
            .pointer(out)
            .int32(extent)
            .int32(chunk)
            .int32(chunks)
            .int32(Packs.fit(type, extent, in) ? 1 : 0)
            .float32(divisor);
    int blocks = Math.multiplyExact(outer, chunks);
    return new KernelLaunch(kernel, Grid.linear(blocks, THREADS), parameters);
  }

  /**
   * The results from states [outer, extent], one block a row.
   *
   * @param type of the results
   */
  public static KernelLaunch total(
      KernelLibrary library,
      ReduceKind kind,
      ElementType type,
      long states,
      int outer,
      int extent,
      float divisor,
      long out) {
    GpuKernel kernel = library.kernel(MODULE, kind.kernel("total", KernelLibrary.suffix(type)));
    Parameters parameters =
        new Parameters(kernel)
            .pointer(states)
            .pointer(0)
            .pointer(out)
            .int32(extent)
            .float32(divisor);
    return new KernelLaunch(kernel, Grid.linear(outer, THREADS), parameters);
  }
}
