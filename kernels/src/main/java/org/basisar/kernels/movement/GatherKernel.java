package org.basisar.kernels.movement;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.ElementLoop;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;
import org.basisar.kernels.Packs;

/**
 * Entries along one axis chosen by an index of 32-bit integers, and the transpose of that. The
 * array with all entries is [outer, entries, inner], the one with the chosen ones [outer, chosen,
 * inner].
 */
public final class GatherKernel {
  private static final String MODULE = "movement/gather";
  private static final int WARP = 32;

  private GatherKernel() {}

  /**
   * y [outer, chosen, inner] = the chosen entries of x. An index outside the axis ends the kernel
   * with an error of the device.
   *
   * @param bytes size of an element: 1, 2, 4 or 8
   */
  public static KernelLaunch gather(
      KernelLibrary library,
      int bytes,
      long x,
      long index,
      long y,
      long outer,
      int entries,
      int chosen,
      long inner) {
    int wide = Packs.widest(x, y, inner * bytes);
    long strip = inner * bytes / wide;
    long count = outer * chosen * strip;
    return prepare(
        library.kernel(MODULE, "gather_" + wide),
        ElementLoop.grid(count),
        x,
        index,
        y,
        count,
        entries,
        chosen,
        strip);
  }

  /** y [outer, entries, inner] = for every entry the sum, in order, of the g it was chosen for. */
  public static KernelLaunch scatterAdd(
      KernelLibrary library,
      ElementType type,
      long g,
      long index,
      long y,
      long outer,
      int entries,
      int chosen,
      long inner) {
    if (inner < WARP) {
      return simpleScatterAdd(library, type, g, index, y, outer, entries, chosen, inner);
    }
    long strips = outer * entries;
    return prepare(
        library.kernel(MODULE, "scatter_add_fast" + KernelLibrary.suffix(type)),
        ElementLoop.grid(strips * Math.ceilDiv(inner, WARP) * WARP),
        g,
        index,
        y,
        strips,
        entries,
        chosen,
        inner);
  }

  /** The same bits as {@link #scatterAdd}, every thread reading every index. */
  public static KernelLaunch simpleScatterAdd(
      KernelLibrary library,
      ElementType type,
      long g,
      long index,
      long y,
      long outer,
      int entries,
      int chosen,
      long inner) {
    long count = outer * entries * inner;
    return prepare(
        library.kernel(MODULE, "scatter_add" + KernelLibrary.suffix(type)),
        ElementLoop.grid(count),
        g,
        index,
        y,
        count,
        entries,
        chosen,
        inner);
  }

  private static KernelLaunch prepare(
      GpuKernel kernel,
      Grid grid,
      long from,
      long index,
      long to,
      long count,
      int entries,
      int chosen,
      long inner) {
    return new KernelLaunch(
        kernel,
        grid,
        new Parameters(kernel)
            .pointer(from)
            .pointer(index)
            .pointer(to)
            .int64(count)
            .int32(entries)
            .int32(chosen)
            .int64(inner));
  }
}
