package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Copies operands of a matrix product into the order in which {@link FloatTile} reads them.
 *
 * <p>Both packed forms are panels of {@code [totalDepth, width]}, one after the other, width {@link
 * FloatTile#COLUMNS} for B and {@link FloatTile#ROWS} for A; missing columns or rows become zeros.
 * A call fills the depths {@code [depthOffset, depthOffset + depth)} of every panel, so that
 * several short sums can share a panel.
 */
final class FloatPacking {
  private static final VectorSpecies<Float> SPECIES = FloatTile.SPECIES;
  private static final int LANES = FloatTile.LANES;
  private static final int COLUMNS = FloatTile.COLUMNS;
  private static final int ROWS = FloatTile.ROWS;

  /** Depths that are turned together. */
  private static final int DEPTHS = 16;

  private FloatPacking() {}

  /** B stored {@code [depth, columns]}. */
  static void columns(
      float[] b,
      int b0,
      int ldb,
      int columns,
      int depth,
      float[] out,
      int out0,
      int depthOffset,
      int totalDepth) {
    for (int j = 0; j < columns; j += COLUMNS) {
      int to = out0 + j * totalDepth + depthOffset * COLUMNS;
      int from = b0 + j;
      int width = Math.min(COLUMNS, columns - j);
      if (width == COLUMNS) {
        for (int p = 0; p < depth; p++, from += ldb, to += COLUMNS) {
          FloatVector.fromArray(SPECIES, b, from).intoArray(out, to);
          FloatVector.fromArray(SPECIES, b, from + LANES).intoArray(out, to + LANES);
        }
      } else {
        for (int p = 0; p < depth; p++, from += ldb, to += COLUMNS) {
          for (int q = 0; q < width; q++) {
            out[to + q] = b[from + q];
          }
          for (int q = width; q < COLUMNS; q++) {
            out[to + q] = 0;
          }
        }
      }
    }
  }

  /** B stored transposed, {@code [columns, depth]}. */
  static void columnsTransposed(
      float[] b,
      int b0,
      int ldb,
      int columns,
      int depth,
      float[] out,
      int out0,
      int depthOffset,
      int totalDepth) {
    for (int j = 0; j < columns; j += COLUMNS) {
      int to = out0 + j * totalDepth + depthOffset * COLUMNS;
      int width = Math.min(COLUMNS, columns - j);
      int wholeColumns = FloatTranspose.SUPPORTED ? width / LANES * LANES : 0;
      int wholeDepth = depth / LANES * LANES;
      for (int q = 0; q < wholeColumns; q += LANES) {
        int from = b0 + (j + q) * ldb;
        for (int p = 0; p < wholeDepth; p += LANES) {
          FloatTranspose.block(b, from + p, ldb, out, to + p * COLUMNS + q, COLUMNS);
        }
      }
      for (int q = wholeDepth == depth ? wholeColumns : 0; q < width; q++) {
        int from = b0 + (j + q) * ldb;
        int column = to + q;
        for (int p = q < wholeColumns ? wholeDepth : 0; p < depth; p++) {
          out[column + p * COLUMNS] = b[from + p];
        }
      }
      for (int q = width; q < COLUMNS; q++) {
        for (int p = 0; p < depth; p++) {
          out[to + q + p * COLUMNS] = 0;
        }
      }
    }
  }

  /** A stored {@code [rows, depth]}. */
  static void rows(
      float[] a,
      int a0,
      int lda,
      int rows,
      int depth,
      float[] out,
      int out0,
      int depthOffset,
      int totalDepth) {
    for (int i = 0; i < rows; i += ROWS) {
      int to = out0 + i * totalDepth + depthOffset * ROWS;
      int height = Math.min(ROWS, rows - i);
      int done = 0;
      if (FloatRowPanel.SUPPORTED && height == ROWS) {
        done = depth / LANES * LANES;
        for (int p = 0; p < done; p += LANES) {
          FloatRowPanel.block(a, a0 + i * lda + p, lda, out, to + p * ROWS);
        }
      }
      for (int q = 0; q < ROWS; q++) {
        int from = a0 + (i + q) * lda;
        int row = to + q;
        if (q < height) {
          for (int p = done; p < depth; p++) {
            out[row + p * ROWS] = a[from + p];
          }
        } else {
          for (int p = 0; p < depth; p++) {
            out[row + p * ROWS] = 0;
          }
        }
      }
    }
  }

  /** A stored transposed, {@code [depth, rows]}. */
  static void rowsTransposed(
      float[] a,
      int a0,
      int lda,
      int rows,
      int depth,
      float[] out,
      int out0,
      int depthOffset,
      int totalDepth) {
    int whole = rows / ROWS * ROWS;
    // A few depths at a time, so that memory is read along rows of A, and written near at hand.
    for (int p = 0; p < depth; p += DEPTHS) {
      int count = Math.min(DEPTHS, depth - p);
      for (int i = 0; i < whole; i += ROWS) {
        int to = out0 + i * totalDepth + (depthOffset + p) * ROWS;
        wholeRowsTransposed(a, a0 + p * lda + i, lda, count, p + count < depth, out, to);
      }
    }
    if (whole < rows) {
      int to = out0 + whole * totalDepth + depthOffset * ROWS;
      int from = a0 + whole;
      for (int p = 0; p < depth; p++, from += lda, to += ROWS) {
        for (int q = 0; q < ROWS; q++) {
          out[to + q] = q < rows - whole ? a[from + q] : 0;
        }
      }
    }
  }

  /**
   * A vector longer than a depth's rows spills into the next depth, which is written after it;
   * hence the very last depth is copied singly. Half a vector would do without that, but a second
   * species beside the preferred one costs the compiler its certainty of the first, and then
   * vectors become objects.
   *
   * @param more whether further depths of these rows follow
   */
  private static void wholeRowsTransposed(
      float[] a, int from, int lda, int depth, boolean more, float[] out, int to) {
    int p = 0;
    if (LANES >= ROWS) {
      for (int end = more ? depth : depth - 1; p < end; p++) {
        FloatVector.fromArray(SPECIES, a, from + p * lda).intoArray(out, to + p * ROWS);
      }
    }
    for (; p < depth; p++) {
      for (int q = 0; q < ROWS; q++) {
        out[to + p * ROWS + q] = a[from + p * lda + q];
      }
    }
  }
}
