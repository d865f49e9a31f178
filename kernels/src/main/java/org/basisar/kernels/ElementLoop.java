package org.basisar.kernels;

import org.basisar.gpu.Grid;

/**
 * Geometry of kernels that walk over any number of elements in steps of the whole grid: the number
 * of blocks only decides how much runs at once, never the result.
 */
public final class ElementLoop {
  private static final int THREADS = 256;

  /** Enough to fill any device several times over; more would only queue. */
  private static final int MOST_BLOCKS = 4096;

  private ElementLoop() {}

  /** The grid for {@code count} elements, one a thread and step. */
  public static Grid grid(long count) {
    return Grid.linear(Math.min(MOST_BLOCKS, Grid.blocksFor(count, THREADS)), THREADS);
  }
}
