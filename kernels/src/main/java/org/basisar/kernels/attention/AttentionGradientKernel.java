package org.basisar.kernels.attention;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;

/**
 * Gradient of attention of any head width in fp32 arithmetic, in two launches without atomics. The
 * forward result is not needed, so that its rounding does not matter.
 */
public final class AttentionGradientKernel {
  private AttentionGradientKernel() {}

  /**
   * Addresses of what the gradient is computed from.
   *
   * @param logSum F32 [images, heads, queries], from the forward pass
   * @param outGradient shaped like the query
   */
  public record Inputs(long query, long key, long value, long logSum, long outGradient) {}

  /** Addresses of the results, shaped like query, key and value. */
  public record Gradients(long query, long key, long value) {}

  /**
   * Prepares both launches, to be run in order.
   *
   * @param type F32 or BF16, of everything but logSum and delta
   * @param delta F32 [images, heads, queries], scratch
   */
  public static KernelLaunch[] prepare(
      KernelLibrary library,
      ElementType type,
      AttentionShape shape,
      AttentionDropout dropout,
      Inputs in,
      Gradients out,
      long delta) {
    GpuKernel first = kernel(library, "query_gradient", type);
    Parameters toQuery = inputs(first, in, dropout).pointer(out.query()).pointer(delta);
    GpuKernel second = kernel(library, "key_gradient", type);
    Parameters toKey =
        inputs(second, in, dropout).pointer(delta).pointer(out.key()).pointer(out.value());
    return new KernelLaunch[] {
      AttentionKernel.finish(
          first,
          Grid.linear(shape.blocks(shape.queries()), AttentionKernel.THREADS),
          toQuery,
          shape,
          dropout,
          2 * (shape.headWidth() + shape.keys())),
      AttentionKernel.finish(
          second,
          Grid.linear(shape.blocks(shape.keys()), AttentionKernel.THREADS),
          toKey,
          shape,
          dropout,
          2 * (shape.headWidth() + shape.queries()))
    };
  }

  private static GpuKernel kernel(KernelLibrary library, String name, ElementType type) {
    return library.kernel("attention/attention_gradient", name + KernelLibrary.suffix(type));
  }

  static Parameters inputs(GpuKernel kernel, Inputs in, AttentionDropout dropout) {
    return new Parameters(kernel)
        .pointer(in.query())
        .pointer(in.key())
        .pointer(in.value())
        .pointer(in.logSum())
        .pointer(in.outGradient())
        .pointer(dropout.state());
  }
}
