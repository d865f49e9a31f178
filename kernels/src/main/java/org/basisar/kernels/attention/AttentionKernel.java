package org.basisar.kernels.attention;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;

/** Attention of any head width in fp32 arithmetic, one block a query of a head. */
public final class AttentionKernel {
  static final int THREADS = 128;

  /** Of the 48 KiB that every device grants, what the kernels' own variables leave. */
  private static final int GRANTED_SHARED_BYTES = 47 << 10;

  private AttentionKernel() {}

  /**
   * Prepares out = dropout(softmax(query · keyᵀ / √headWidth + mask)) · value.
   *
   * @param type F32 or BF16, of query, key, value and out
   * @param logSum F32 [images, heads, queries]: logarithms of the softmax denominators
   * @throws org.basisar.gpu.GpuException if the device has not 4 · (headWidth + keys) bytes of
   *     shared memory a block
   */
  public static KernelLaunch prepare(
      KernelLibrary library,
      ElementType type,
      AttentionShape shape,
      AttentionDropout dropout,
      long query,
      long key,
      long value,
      long out,
      long logSum) {
    GpuKernel kernel =
        library.kernel("attention/attention", "attention" + KernelLibrary.suffix(type));
    Parameters parameters =
        new Parameters(kernel)
            .pointer(query)
            .pointer(key)
            .pointer(value)
            .pointer(dropout.state())
            .pointer(out)
            .pointer(logSum);
    Grid grid = Grid.linear(shape.blocks(shape.queries()), THREADS);
    return finish(kernel, grid, parameters, shape, dropout, shape.headWidth() + shape.keys());
  }

  /** Adds the extents, the scale and the dropout, which the simple kernels share. */
  static KernelLaunch finish(
      GpuKernel kernel,
      Grid grid,
      Parameters parameters,
      AttentionShape shape,
      AttentionDropout dropout,
      int sharedFloats) {
    parameters
        .int32(shape.queries())
        .int32(shape.keys())
        .int32(shape.cellTokens())
        .int32(shape.heads())
        .int32(shape.headWidth())
        .float32(shape.scale());
    int sharedBytes = Float.BYTES * sharedFloats;
    allow(kernel, sharedBytes);
    return new KernelLaunch(kernel, grid.withShared(sharedBytes), dropout.addTo(parameters));
  }

  static void allow(GpuKernel kernel, int sharedBytes) {
    if (sharedBytes > GRANTED_SHARED_BYTES) {
      kernel.allowSharedBytes(sharedBytes);
    }
  }
}
