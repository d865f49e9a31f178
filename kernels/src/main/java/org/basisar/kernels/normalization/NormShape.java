package org.basisar.kernels.normalization;

import org.basisar.gpu.ElementType;
import org.basisar.kernels.Packs;

/**
 * Rows of which {@code rowsPerGroup} in a row share factor and shift; for weights that is all of
 * them.
 */
public record NormShape(int rows, int width, int rowsPerGroup) {
  /** Widest row that a warp keeps in registers. */
  public static final int MOST_WIDTH = 1280;

  private static final int CHUNKS = 1024;
  private static final int LEAST_CHUNK = 8;
  private static final int MOST_CHUNK = 128;

  /** Checks that groups are whole. */
  public NormShape {
    if (rows < 1 || width < 1 || rowsPerGroup < 1 || rows % rowsPerGroup != 0) {
      throw new IllegalArgumentException(
          "normalisation: " + rows + " rows of " + width + ", " + rowsPerGroup + " to a group");
    }
  }

  /** Rows of factor and shift. */
  public int groups() {
    return rows / rowsPerGroup;
  }

  /** Rows that are summed by one block; chunks do not cross groups. */
  public int chunk() {
    int wanted = Math.clamp(Math.ceilDiv(rows, CHUNKS), LEAST_CHUNK, MOST_CHUNK);
    return Math.ceilDiv(rowsPerGroup, Math.ceilDiv(rowsPerGroup, wanted));
  }

  /** Chunks of a group. */
  public int chunksPerGroup() {
    return Math.ceilDiv(rowsPerGroup, chunk());
  }

  /** Bytes of the F32 partial sums [chunks, width]. */
  public long partialBytes() {
    return (long) groups() * chunksPerGroup() * width * Float.BYTES;
  }

  /** Whether the kernels that keep rows in registers can be used. */
  public boolean fitsWarp(ElementType type, long... addresses) {
    return width <= MOST_WIDTH && Packs.fit(type, width, addresses);
  }

  /** Suffix of the kernel for this width. */
  String size() {
    return width <= 768 ? "_768" : "_" + MOST_WIDTH;
  }
}
