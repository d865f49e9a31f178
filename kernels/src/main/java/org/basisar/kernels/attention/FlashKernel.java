package org.basisar.kernels.attention;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;

/**
 * Attention on tensor cores: BF16 operands, fp32 sums, probabilities rounded to BF16 before they
 * are multiplied with the values. Keys that no query of a tile sees are not looked at.
 */
public final class FlashKernel {
  static final int THREADS = 128;

  /** Rows of a tile of queries or keys. */
  static final int ROWS = 64;

  private static final int ALIGNMENT = 16;

  /** With fewer queries most of a tile would be padding. */
  private static final int LEAST_QUERIES = 32;

  private FlashKernel() {}

  /**
   * Whether these kernels can do a problem and are worth it: BF16, head width 64 or 80, at least 32
   * queries, all addresses aligned to 16 bytes, and with dropout a number of keys divisible by 4.
   */
  public static boolean fits(
      ElementType type, AttentionShape shape, AttentionDropout dropout, long... addresses) {
    for (long address : addresses) {
      if (address % ALIGNMENT != 0) {
        return false;
      }
    }
    return type == ElementType.BF16
        && (shape.headWidth() == 64 || shape.headWidth() == 80)
        && shape.queries() >= LEAST_QUERIES
        && (dropout.rate() == 0 || shape.keys() % 4 == 0);
  }

  /**
   * Prepares out = dropout(softmax(query · keyᵀ / √headWidth + mask)) · value, all BF16.
   *
   * @param logSum F32 [images, heads, queries]: logarithms of the softmax denominators
   */
  public static KernelLaunch prepare(
      KernelLibrary library,
      AttentionShape shape,
      AttentionDropout dropout,
      long query,
      long key,
      long value,
      long out,
      long logSum) {
    GpuKernel kernel = library.kernel("attention/flash", "flash" + suffix(shape, dropout));
    Parameters parameters =
        new Parameters(kernel)
            .pointer(query)
            .pointer(key)
            .pointer(value)
            .pointer(dropout.state())
            .pointer(out)
            .pointer(logSum);
    return finish(kernel, parameters, shape, dropout, shape.queries(), 5);
  }

  static String suffix(AttentionShape shape, AttentionDropout dropout) {
    return "_" + shape.headWidth() + (dropout.rate() == 0 ? "" : "_dropout");
  }

  /** Adds what the flash kernels share; a block has {@code tiles} tiles of shared memory. */
  static KernelLaunch finish(
      GpuKernel kernel,
      Parameters parameters,
      AttentionShape shape,
      AttentionDropout dropout,
      int rows,
      int tiles) {
    parameters
        .int32(shape.queries())
        .int32(shape.keys())
        .int32(shape.cellTokens())
        .int32(shape.heads())
        .float32(shape.scale());
    dropout.addTo(parameters);
    // A row of a tile is padded by 16 bytes.
    int sharedBytes = tiles * ROWS * (shape.headWidth() * ElementType.BF16.bytes() + 16);
    AttentionKernel.allow(kernel, sharedBytes);
    Grid grid = Grid.linear(shape.blocks(Math.ceilDiv(rows, ROWS)), THREADS);
    return new KernelLaunch(kernel, grid.withShared(sharedBytes), parameters);
  }
}
