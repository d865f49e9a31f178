package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The innermost loop of every fp32 matrix product: a tile of C with {@link #ROWS} rows and {@link
 * #COLUMNS} columns is held in registers while one loop runs over the depth.
 *
 * <p>The tile's size follows the vector registers of the machine. B always comes packed as {@code
 * [depth, COLUMNS]}. A comes either as it is, by rows or transposed, or packed as {@code [depth,
 * ROWS]}. Each element is one chain of fused multiply-adds in rising depth, so its bits do not
 * depend on the tile it lies in.
 */
final class FloatTile {
  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  static final int LANES = SPECIES.length();

  /** Columns of a tile: two vectors. */
  static final int COLUMNS = 2 * LANES;

  private static final boolean SIX_ROWS = LANES == 8;

  /** Rows of a tile. */
  static final int ROWS = SIX_ROWS ? FloatTile6x2.ROWS : FloatTile8x2.ROWS;

  /**
   * Whether products read A where it lies instead of packing it. On an AMD Zen 5 the loop is as
   * fast either way, so that packing is lost time; on an Intel machine it was a tenth faster with a
   * packed A, more than packing costs (bench/LEDGER.md). The results are the same.
   */
  static final boolean IN_PLACE = Processor.AMD;

  /** One row to start sums from, with 0 between rows. */
  static final float[] ZEROS = new float[COLUMNS];

  private FloatTile() {}

  /**
   * One tile with A in place; all rows of the tile must exist.
   *
   * @param a0 position of A's first element of the tile
   * @param lda distance between rows of A
   * @param b packed B
   * @param b0 position of the packed panel
   * @param depth length of the sum
   * @param start what the sums start from: {@link #ZEROS}, C itself, or a bias, and so on
   * @param start0 position of the tile's first element of it
   * @param ldStart distance between its rows; 0 for one row that is the same for all
   * @param c0 position of C's first element of the tile
   * @param ldc distance between rows of C
   */
  static void direct(
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int depth,
      float[] start,
      int start0,
      int ldStart,
      float[] c,
      int c0,
      int ldc) {
    if (SIX_ROWS) {
      FloatTile6x2.direct(a, a0, lda, b, b0, depth, start, start0, ldStart, c, c0, ldc);
    } else {
      FloatTile8x2.direct(a, a0, lda, b, b0, depth, start, start0, ldStart, c, c0, ldc);
    }
  }

  /**
   * One tile with A stored transposed, {@code [depth, rows]} with {@code lda} between depths; the
   * rest as in {@link #direct}.
   */
  static void transposed(
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int depth,
      float[] start,
      int start0,
      int ldStart,
      float[] c,
      int c0,
      int ldc) {
    if (SIX_ROWS) {
      FloatTile6x2.transposed(a, a0, lda, b, b0, depth, start, start0, ldStart, c, c0, ldc);
    } else {
      FloatTile8x2.transposed(a, a0, lda, b, b0, depth, start, start0, ldStart, c, c0, ldc);
    }
  }

  /**
   * One tile with A packed as {@code [depth, ROWS]} from {@code a0}; the rest as in {@link
   * #direct}.
   */
  static void packed(
      float[] a,
      int a0,
      float[] b,
      int b0,
      int depth,
      float[] start,
      int start0,
      int ldStart,
      float[] c,
      int c0,
      int ldc) {
    if (SIX_ROWS) {
      FloatTile6x2.packed(a, a0, b, b0, depth, start, start0, ldStart, c, c0, ldc);
    } else {
      FloatTile8x2.packed(a, a0, b, b0, depth, start, start0, ldStart, c, c0, ldc);
    }
  }
}
