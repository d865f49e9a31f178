package org.basisar.kernels.movement;

import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.ElementLoop;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;
import org.basisar.kernels.Packs;

/**
 * Copies between layouts of elements of 1, 2, 4 or 8 bytes. Neighbours that stay together are moved
 * as one element of up to 16 bytes.
 */
public final class CopyKernel {
  /** Most axes of a strided copy, after joining those that need not be apart. */
  public static final int AXES = 8;

  private static final String MODULE = "movement/copy";
  private static final int TILE = 32;
  private static final int TILE_ROWS = 8;

  private CopyKernel() {}

  /**
   * Makes a strided array dense.
   *
   * @param bytes size of an element
   * @param extents {@link #AXES} of them
   * @param strides of x, in elements
   */
  public static KernelLaunch strided(
      KernelLibrary library, int bytes, long x, long y, int[] extents, int[] strides) {
    int last = AXES - 1;
    int wide = bytes;
    if (strides[last] == 1 && extents[last] > 1) {
      long[] together = new long[AXES + 2];
      for (int axis = 0; axis < last; axis++) {
        together[axis] = (long) strides[axis] * bytes;
      }
      together[last] = (long) extents[last] * bytes;
      together[AXES] = x;
      together[AXES + 1] = y;
      wide = Packs.widest(together);
    }
    int joined = wide / bytes;
    long count = 1;
    for (int extent : extents) {
      count *= extent;
    }
    count /= joined;
    GpuKernel kernel = library.kernel(MODULE, "strided_" + wide);
    Parameters parameters = new Parameters(kernel).pointer(x).pointer(y).int64(count);
    for (int axis = 0; axis < AXES; axis++) {
      parameters.int32(axis == last ? extents[axis] / joined : extents[axis]);
    }
    for (int axis = 0; axis < AXES; axis++) {
      parameters.int32(axis == last ? strides[axis] : strides[axis] / joined);
    }
    return new KernelLaunch(kernel, ElementLoop.grid(count), parameters);
  }

  /**
   * y [matrices, rows, columns] dense from x [matrices, columns, rows] dense.
   *
   * @param matrices at most {@link Grid#MOST_BLOCKS_YZ}
   */
  public static KernelLaunch transpose(
      KernelLibrary library, int bytes, long x, long y, int matrices, int rows, int columns) {
    GpuKernel kernel = library.kernel(MODULE, "transpose_" + bytes);
    return new KernelLaunch(
        kernel,
        new Grid(
            Grid.blocksFor(columns, TILE),
            Grid.blocksFor(rows, TILE),
            matrices,
            TILE,
            TILE_ROWS,
            1,
            0),
        new Parameters(kernel).pointer(x).pointer(y).int32(rows).int32(columns));
  }

  /**
   * Copies {@code width} elements of each of {@code rows} rows.
   *
   * @param x first element of the first row's strip
   * @param sourceRow elements from a row of x to the next
   * @param y first element of the first row's strip
   * @param targetRow elements from a row of y to the next
   */
  public static KernelLaunch strips(
      KernelLibrary library,
      int bytes,
      long x,
      long sourceRow,
      long y,
      long targetRow,
      long rows,
      long width) {
    int wide = Packs.widest(x, y, width * bytes, sourceRow * bytes, targetRow * bytes);
    int joined = wide / bytes;
    GpuKernel kernel = library.kernel(MODULE, "strips_" + wide);
    long count = rows * width / joined;
    return new KernelLaunch(
        kernel,
        ElementLoop.grid(count),
        new Parameters(kernel)
            .pointer(x)
            .pointer(y)
            .int64(count)
            .int64(width / joined)
            .int64(sourceRow / joined)
            .int64(targetRow / joined));
  }
}
