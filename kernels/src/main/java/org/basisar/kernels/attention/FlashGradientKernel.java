package org.basisar.kernels.attention;

import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;

/**
 * Gradient of attention on tensor cores, in three launches without atomics, for what {@link
 * FlashKernel#fits} says.
 */
public final class FlashGradientKernel {
  private static final String MODULE = "attention/flash_gradient";

  private FlashGradientKernel() {}

  /**
   * Prepares the launches, to be run in order.
   *
   * @param in BF16, and the F32 logarithms of the denominators
   * @param forward result of the forward pass, BF16
   * @param out BF16
   * @param delta F32 [images, heads, queries], scratch
   */
  public static KernelLaunch[] prepare(
      KernelLibrary library,
      AttentionShape shape,
      AttentionDropout dropout,
      AttentionGradientKernel.Inputs in,
      long forward,
      AttentionGradientKernel.Gradients out,
      long delta) {
    String suffix = FlashKernel.suffix(shape, dropout);
    GpuKernel toQuery = library.kernel(MODULE, "flash_query" + suffix);
    GpuKernel toKey = library.kernel(MODULE, "flash_key" + suffix);
    return new KernelLaunch[] {
      delta(library, shape, forward, in.outGradient(), delta),
      FlashKernel.finish(
          toQuery,
          AttentionGradientKernel.inputs(toQuery, in, dropout).pointer(delta).pointer(out.query()),
          shape,
          dropout,
          shape.queries(),
          6),
      FlashKernel.finish(
          toKey,
          AttentionGradientKernel.inputs(toKey, in, dropout)
              .pointer(delta)
              .pointer(out.key())
              .pointer(out.value()),
          shape,
          dropout,
          shape.keys(),
          6)
    };
  }

  private static KernelLaunch delta(
      KernelLibrary library, AttentionShape shape, long forward, long outGradient, long delta) {
    GpuKernel kernel = library.kernel(MODULE, "flash_delta");
    Parameters parameters =
        new Parameters(kernel)
            .pointer(forward)
            .pointer(outGradient)
            .pointer(delta)
            .int64(shape.rows())
            .int32(shape.queries())
            .int32(shape.heads())
            .int32(shape.headWidth());
    int blocks = Grid.blocksFor(shape.rows(), FlashKernel.THREADS / 32);
    return new KernelLaunch(kernel, Grid.linear(blocks, FlashKernel.THREADS), parameters);
  }
}
