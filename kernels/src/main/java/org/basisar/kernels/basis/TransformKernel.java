package org.basisar.kernels.basis;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;

/**
 * The basis transform y = A·x (paper eq. 4) in one pass over x, with the tokens of x in any order,
 * and y_t = (1 − t)·y + t·ε (eqs. 19, 23) of y while it is on the chip, in fp32. All arrays are of
 * one type, F32 or BF16.
 *
 * <p>ε is read and not made here: the loss needs it too, so that it has to be in memory anyway.
 */
public final class TransformKernel {
  private static final int THREADS = 256;
  private static final int EDGE = 64;

  private TransformKernel() {}

  /**
   * Whether one pass is better than a product of the dense library followed by an interpolation,
   * which writes y and reads it again. With fewer channels than a tile has columns it is: the
   * library's batched product has one narrow matrix for each image, this kernel puts the channels
   * of all images side by side. With more, the library fills its tiles as well, and a pass over y
   * is little beside 2·inner operations for each element of it. In BF16 it always is: the product
   * would be rounded before it is mixed.
   */
  public static boolean suits(ElementType type, int channels) {
    return type == ElementType.BF16 || channels < EDGE;
  }

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
   * @param noise ε, shaped like y
   * @param time [images, cells]; a cell is rows / cells tokens
   * @param cells cells of y, a divisor of its rows
   * @param out y_t, shaped like y
   */
  public record Noise(long noise, long time, int cells, long out) {}

  private static final Noise NONE = new Noise(0, 0, 1, 0);

  /**
   * Prepares y = A·x.
   *
   * @param order I32 [inner]: the place in x of each token, or 0 if they lie in order
   */
  public static KernelLaunch prepare(
      KernelLibrary library,
      ElementType type,
      Extents extents,
      long a,
      long x,
      long order,
      long y) {
    return prepare(library, type, extents, a, x, order, y, NONE);
  }

  /** Prepares y, which may be 0 for not wanted, and y_t. */
  public static KernelLaunch prepare(
      KernelLibrary library,
      ElementType type,
      Extents extents,
      long a,
      long x,
      long order,
      long y,
      Noise noise) {
    GpuKernel kernel = library.kernel("basis/transform", "transform" + KernelLibrary.suffix(type));
    Parameters parameters =
        new Parameters(kernel)
            .pointer(a)
            .pointer(x)
            .pointer(order)
            .pointer(y)
            .pointer(noise.noise())
            .pointer(noise.time())
            .pointer(noise.out())
            .int32(noise.cells())
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
