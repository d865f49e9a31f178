package org.basisar.kernels.attention;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;

/**
 * Rotary positions. Joined arrays are [rows, 3 · width] (query, key, value), parts [rows, width],
 * tables [tokens, headWidth]; row = image · tokens + token.
 */
public final class RotaryKernel {
  private static final int THREADS = 256;
  private static final int MOST_BLOCKS = 4096;

  private RotaryKernel() {}

  /** Addresses of query, key and value, or of their gradients. */
  public record Parts(long query, long key, long value) {}

  /**
   * Splits joined rows and rotates query and key.
   *
   * @param type F32 or BF16, of everything
   */
  public static KernelLaunch split(
      KernelLibrary library,
      ElementType type,
      long joined,
      long cosine,
      long sine,
      Parts out,
      long rows,
      int tokens,
      int width,
      int headWidth) {
    GpuKernel kernel = kernel(library, "rotary_split", type);
    Parameters parameters = ofSplit(kernel, joined, cosine, sine, out);
    return finish(kernel, parameters, rows, tokens, width, headWidth);
  }

  /** The adjoint of {@link #split}: rotates gradients back and joins them. */
  public static KernelLaunch join(
      KernelLibrary library,
      ElementType type,
      Parts gradients,
      long cosine,
      long sine,
      long joined,
      long rows,
      int tokens,
      int width,
      int headWidth) {
    GpuKernel kernel = kernel(library, "rotary_join", type);
    Parameters parameters = ofJoin(kernel, gradients, cosine, sine, joined);
    return finish(kernel, parameters, rows, tokens, width, headWidth);
  }

  /** The addresses that every splitting kernel takes first. */
  static Parameters ofSplit(GpuKernel kernel, long joined, long cosine, long sine, Parts out) {
    return new Parameters(kernel)
        .pointer(joined)
        .pointer(cosine)
        .pointer(sine)
        .pointer(out.query())
        .pointer(out.key())
        .pointer(out.value());
  }

  /** The addresses that every joining kernel takes first. */
  static Parameters ofJoin(GpuKernel kernel, Parts gradients, long cosine, long sine, long joined) {
    return new Parameters(kernel)
        .pointer(gradients.query())
        .pointer(gradients.key())
        .pointer(gradients.value())
        .pointer(cosine)
        .pointer(sine)
        .pointer(joined);
  }

  private static GpuKernel kernel(KernelLibrary library, String name, ElementType type) {
    return library.kernel("attention/rotary", name + KernelLibrary.suffix(type));
  }

  private static KernelLaunch finish(
      GpuKernel kernel, Parameters parameters, long rows, int tokens, int width, int headWidth) {
    parameters.int64(rows).int32(tokens).int32(width).int32(headWidth);
    int blocks = Math.min(MOST_BLOCKS, Grid.blocksFor(rows * (width / 2), THREADS));
    return new KernelLaunch(kernel, Grid.linear(blocks, THREADS), parameters);
  }
}
