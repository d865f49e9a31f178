package org.basisar.kernels.basis;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;

/**
 * The basis transform y = A·x (paper eq. 4) in one pass over x, with the tokens of x in any order,
 * and y_t = (1 − t)·y + t·ε (eqs. 19, 23) with ε made in registers. Products and sums are in fp32.
 */
public final class TransformKernel {
  private static final int THREADS = 256;
  private static final int EDGE = 64;

  private TransformKernel() {}

  /**
   * Extents: A [rows, inner], x [images, inner, channels], y [images, rows, channels].
   *
   * @param images independent sequences
   * @param rows tokens of y
   * @param inner tokens of x
   * @param channels elements of a token
   */
  public record Extents(int images, int rows, int inner, int channels) {}

  /**
   * What to mix y with.
   *
   * @param time F32 [images, cells]; a cell is rows / cells tokens
   * @param cells cells of y, a divisor of its rows
   * @param state address of the random state {seed low, seed high, step low, step high}
   * @param call which draw of the step; ε has the shape of y
   * @param type of y_t, F32 or BF16
   * @param out y_t, shaped like y
   */
  public record Noise(long time, int cells, long state, int call, ElementType type, long out) {}

  private static final Noise NONE = new Noise(0, 1, 0, 0, ElementType.F32, 0);

  /**
   * Prepares y = A·x.
   *
   * @param a F32
   * @param x F32
   * @param order I32 [inner]: the place in x of each token, or 0 if they lie in order
   * @param y F32
   */
  public static KernelLaunch prepare(
      KernelLibrary library, Extents extents, long a, long x, long order, long y) {
    return prepare(library, extents, a, x, order, y, NONE);
  }

  /** Prepares y, which may be 0 for not wanted, and y_t. */
  public static KernelLaunch prepare(
      KernelLibrary library, Extents extents, long a, long x, long order, long y, Noise noise) {
    GpuKernel kernel =
        library.kernel("basis/transform", "transform" + KernelLibrary.suffix(noise.type()));
    Parameters parameters =
        new Parameters(kernel)
            .pointer(a)
            .pointer(x)
            .pointer(order)
            .pointer(y)
            .pointer(noise.out())
            .pointer(noise.time())
            .pointer(noise.state())
            .int32(noise.cells())
            .int32(noise.call())
            .int32(extents.images())
            .int32(extents.rows())
            .int32(extents.inner())
            .int32(extents.channels());
    int columns = Math.multiplyExact(extents.images(), extents.channels());
    Grid grid =
        Grid.rectangle(
            Grid.blocksFor(columns, EDGE), Grid.blocksFor(extents.rows(), EDGE), THREADS);
    return new KernelLaunch(kernel, grid, parameters);
  }
}
