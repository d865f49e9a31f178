package org.basisar.kernels.reduction;

import org.basisar.gpu.ElementType;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;

/**
 * Chooses the kernels of a reduction by its shape: a long axis is cut into chunks that keep a
 * device busy, and a second launch combines them in order. The choice, and so the order of
 * additions, depends on nothing else.
 */
public final class ReducePlan {
  private static final int WARP_EXTENT = 4096;
  private static final int BLOCKS = 1024;
  private static final int LEAST_CHUNK = 2048;
  private static final int LEAST_ROWS = 32;
  private static final int STRIP = 128;

  private ReducePlan() {}

  /** Elements, or rows where there are columns, of a chunk. */
  private static int chunk(ReduceShape shape) {
    long others = (long) shape.outer() * Math.ceilDiv(shape.inner(), STRIP);
    int wanted = (int) Math.max(1, BLOCKS / others);
    int even = Math.ceilDiv(shape.extent(), wanted);
    return shape.inner() > 1
        ? Math.max(LEAST_ROWS, even)
        : Math.max(LEAST_CHUNK, Math.ceilDiv(even, 8) * 8);
  }

  private static int chunks(ReduceShape shape) {
    boolean warps = shape.inner() == 1 && shape.extent() <= WARP_EXTENT && shape.outer() > 1;
    return warps ? 1 : Math.max(1, Math.ceilDiv(shape.extent(), chunk(shape)));
  }

  /** Bytes of scratch memory that {@link #prepare} needs; 0 for most shapes. */
  public static long scratchBytes(ReduceKind kind, ReduceShape shape) {
    int chunks = chunks(shape);
    return chunks == 1 ? 0 : (long) shape.results() * chunks * kind.stateBytes();
  }

  /**
   * The launches of a reduction.
   *
   * @param type F32 or BF16, of both arrays
   * @param divisor of sums
   * @param scratch address of {@link #scratchBytes} bytes, 0 if none are needed
   */
  public static KernelLaunch[] prepare(
      KernelLibrary library,
      ReduceKind kind,
      ElementType type,
      long in,
      ReduceShape shape,
      float divisor,
      long scratch,
      long out) {
    int outer = shape.outer();
    int extent = shape.extent();
    int chunks = chunks(shape);
    boolean last = shape.inner() == 1;
    if (last && extent <= WARP_EXTENT && outer > 1) {
      return new KernelLaunch[] {
        RowReduceKernel.rows(library, kind, type, in, outer, extent, divisor, out)
      };
    }
    long direct = chunks == 1 ? out : 0;
    int chunk = chunk(shape);
    KernelLaunch first =
        last
            ? RowReduceKernel.chunks(
                library, kind, type, in, outer, extent, chunk, divisor, scratch, direct)
            : ColumnReduceKernel.columns(
                library, kind, type, in, shape, chunk, divisor, scratch, direct);
    if (chunks == 1) {
      return new KernelLaunch[] {first};
    }
    ReduceShape states = new ReduceShape(outer, chunks, shape.inner());
    KernelLaunch second =
        last
            ? RowReduceKernel.total(library, kind, type, scratch, outer, chunks, divisor, out)
            : ColumnReduceKernel.finish(library, kind, type, scratch, states, divisor, 0, out);
    return new KernelLaunch[] {first, second};
  }
}
