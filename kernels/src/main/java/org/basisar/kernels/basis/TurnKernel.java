package org.basisar.kernels.basis;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;

/** [outer, middle, channels] to [middle, outer, channels], between F32 and BF16 in any pairing. */
public final class TurnKernel {
  private static final int THREADS = 256;
  private static final int MOST_BLOCKS = 4096;

  private TurnKernel() {}

  /** Prepares a turn; with {@code outer} 1 it is a conversion. */
  public static KernelLaunch prepare(
      KernelLibrary library,
      ElementType from,
      long in,
      ElementType to,
      long out,
      int outer,
      int middle,
      int channels) {
    GpuKernel kernel =
        library.kernel(
            "basis/turn", "turn" + KernelLibrary.suffix(from) + KernelLibrary.suffix(to));
    Parameters parameters =
        new Parameters(kernel).pointer(in).pointer(out).int32(outer).int32(middle).int32(channels);
    long count = (long) outer * middle * channels;
    int blocks = Math.min(MOST_BLOCKS, Grid.blocksFor(count, THREADS));
    return new KernelLaunch(kernel, Grid.linear(blocks, THREADS), parameters);
  }
}
