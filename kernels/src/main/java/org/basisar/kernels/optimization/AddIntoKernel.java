package org.basisar.kernels.optimization;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;
import org.basisar.kernels.Packs;

/** Adds an array to another. */
public final class AddIntoKernel {
  private static final int THREADS = 256;
  private static final int MOST_BLOCKS = 4096;

  private AddIntoKernel() {}

  /**
   * to ← to + from.
   *
   * @param type F32 or BF16
   */
  public static KernelLaunch prepare(
      KernelLibrary library, ElementType type, long to, long from, long count) {
    GpuKernel kernel =
        library.kernel("optimization/add_into", "add_into" + KernelLibrary.suffix(type));
    boolean packed = Packs.fit(type, 0, to, from);
    Parameters parameters =
        new Parameters(kernel).pointer(to).pointer(from).int64(count).int32(packed ? 1 : 0);
    int blocks = Grid.blocksFor(count, packed ? THREADS * Packs.size(type) : THREADS);
    return new KernelLaunch(
        kernel, Grid.linear(Math.min(MOST_BLOCKS, blocks), THREADS), parameters);
  }
}
