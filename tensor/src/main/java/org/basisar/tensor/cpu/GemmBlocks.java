package org.basisar.tensor.cpu;

/**
 * The blocking of {@link Gemm} for the caches: a block of B is packed once and reused by every row
 * tile, and A is read in place unless it is transposed or the sum runs over a batch.
 */
final class GemmBlocks {
  /**
   * Depth of a block: a packed panel of B stays in the first-level cache. Part of the result,
   * because sums are cut here.
   */
  static final int DEPTH = 256;

  private static final int BLOCK_ROWS = 384 / FloatTile.ROWS * FloatTile.ROWS;
  private static final int BLOCK_COLUMNS = 1024 / FloatTile.COLUMNS * FloatTile.COLUMNS;

  private static final int ROWS = FloatTile.ROWS;
  private static final int COLUMNS = FloatTile.COLUMNS;

  private static final int PACKED_A = 0;
  private static final int PACKED_B = 1;
  private static final int TILE = 2;

  private GemmBlocks() {}

  /**
   * Computes rows {@code [i0, i1)} and columns {@code [j0, j1)} of one C; the ranges start at whole
   * tiles.
   */
  static void compute(Gemm g, int batch, int i0, int i1, int j0, int j1) {
    Scratch scratch = Scratch.ofThread();
    for (int j = j0; j < j1; j += BLOCK_COLUMNS) {
      int columns = Math.min(BLOCK_COLUMNS, j1 - j);
      if (g.sumBatches) {
        sum(g, scratch, i0, i1, j, columns);
      } else {
        single(g, scratch, batch, i0, i1, j, columns);
      }
    }
  }

  private static void single(
      Gemm g, Scratch scratch, int batch, int i0, int i1, int j, int columns) {
    int p = 0;
    do {
      int depth = Math.min(DEPTH, g.k - p);
      float[] packedB = scratch.floats(PACKED_B, roundUp(columns) * depth);
      packB(g, batch, p, depth, j, columns, packedB, 0, depth);
      boolean accumulate = g.accumulate || p > 0;
      boolean last = p + depth >= g.k;
      for (int i = i0; i < i1; i += BLOCK_ROWS) {
        int rows = Math.min(BLOCK_ROWS, i1 - i);
        int a0 = g.aOffset + batch * g.strideA + (g.transposeA ? p * g.lda + i : i * g.lda + p);
        if (g.transposeA) {
          float[] packedA = scratch.floats(PACKED_A, BLOCK_ROWS * DEPTH);
          FloatPacking.rowsTransposed(g.a, a0, g.lda, rows, depth, packedA, 0, 0, depth);
          block(g, scratch, batch, packedA, 0, 0, i, rows, j, columns, depth, accumulate, last);
        } else {
          block(
              g,
              scratch,
              batch,
              g.a,
              a0,
              Math.max(1, g.lda),
              i,
              rows,
              j,
              columns,
              depth,
              accumulate,
              last);
        }
      }
      p += depth;
    } while (p < g.k);
  }

  /**
   * Short sums of successive batches share a block, so that C is read and written once per {@link
   * #DEPTH}.
   */
  private static void sum(Gemm g, Scratch scratch, int i0, int i1, int j, int columns) {
    int group = Math.max(1, DEPTH / Math.max(1, g.k));
    int batch = 0;
    int p = 0;
    boolean accumulate = g.accumulate;
    do {
      int count = Math.min(group, g.batches - batch);
      int depth = Math.min(DEPTH, g.k - p);
      int total = count * depth;
      float[] packedB = scratch.floats(PACKED_B, roundUp(columns) * total);
      for (int q = 0; q < count; q++) {
        packB(g, batch + q, p, depth, j, columns, packedB, q * depth, total);
      }
      boolean last = batch + count >= g.batches && p + depth >= g.k;
      for (int i = i0; i < i1; i += BLOCK_ROWS) {
        int rows = Math.min(BLOCK_ROWS, i1 - i);
        float[] packedA = scratch.floats(PACKED_A, BLOCK_ROWS * DEPTH);
        for (int q = 0; q < count; q++) {
          int a0 = g.aOffset + (batch + q) * g.strideA;
          if (g.transposeA) {
            FloatPacking.rowsTransposed(
                g.a, a0 + p * g.lda + i, g.lda, rows, depth, packedA, 0, q * depth, total);
          } else {
            FloatPacking.rows(
                g.a, a0 + i * g.lda + p, g.lda, rows, depth, packedA, 0, q * depth, total);
          }
        }
        block(g, scratch, 0, packedA, 0, 0, i, rows, j, columns, total, accumulate, last);
      }
      accumulate = true;
      p += depth;
      if (p >= g.k) {
        p = 0;
        batch += count;
      }
    } while (batch < g.batches);
  }

  private static void packB(
      Gemm g,
      int batch,
      int p,
      int depth,
      int j,
      int columns,
      float[] out,
      int depthOffset,
      int totalDepth) {
    int b0 = g.bOffset + batch * g.strideB;
    if (g.transposeB) {
      FloatPacking.columnsTransposed(
          g.b, b0 + j * g.ldb + p, g.ldb, columns, depth, out, 0, depthOffset, totalDepth);
    } else {
      FloatPacking.columns(
          g.b, b0 + p * g.ldb + j, g.ldb, columns, depth, out, 0, depthOffset, totalDepth);
    }
  }

  /** All tiles of a block; {@code lda == 0} says that A is packed. */
  private static void block(
      Gemm g,
      Scratch scratch,
      int batch,
      float[] a,
      int a0,
      int lda,
      int i0,
      int rows,
      int j0,
      int columns,
      int depth,
      boolean accumulate,
      boolean last) {
    float[] packedB = scratch.floats(PACKED_B, 0);
    boolean epilogue = last && (g.bias != null || g.gelu || g.residual != null);
    for (int j = 0; j < columns; j += COLUMNS) {
      int width = Math.min(COLUMNS, columns - j);
      for (int i = 0; i < rows; i += ROWS) {
        int height = Math.min(ROWS, rows - i);
        int c0 = g.cOffset + batch * g.strideC + (i0 + i) * g.ldc + j0 + j;
        if (width == COLUMNS && height == ROWS) {
          tile(
              scratch,
              a,
              a0,
              lda,
              i,
              height,
              packedB,
              j * depth,
              depth,
              g.c,
              c0,
              g.ldc,
              accumulate);
        } else {
          float[] edge = scratch.floats(TILE, ROWS * COLUMNS);
          if (accumulate) {
            copy(g.c, c0, g.ldc, edge, 0, COLUMNS, height, width);
          }
          tile(
              scratch,
              a,
              a0,
              lda,
              i,
              height,
              packedB,
              j * depth,
              depth,
              edge,
              0,
              COLUMNS,
              accumulate);
          copy(edge, 0, COLUMNS, g.c, c0, g.ldc, height, width);
        }
        if (epilogue) {
          epilogue(g, batch, i0 + i, height, j0 + j, width);
        }
      }
    }
  }

  private static void tile(
      Scratch scratch,
      float[] a,
      int a0,
      int lda,
      int i,
      int height,
      float[] b,
      int b0,
      int depth,
      float[] c,
      int c0,
      int ldc,
      boolean accumulate) {
    if (lda == 0) {
      FloatTile.packed(a, a0 + i * depth, b, b0, depth, c, c0, ldc, accumulate);
    } else if (height == ROWS) {
      FloatTile.direct(a, a0 + i * lda, lda, b, b0, depth, c, c0, ldc, accumulate);
    } else {
      float[] packedA = scratch.floats(PACKED_A, BLOCK_ROWS * DEPTH);
      FloatPacking.rows(a, a0 + i * lda, lda, height, depth, packedA, 0, 0, depth);
      FloatTile.packed(packedA, 0, b, b0, depth, c, c0, ldc, accumulate);
    }
  }

  private static void copy(
      float[] from, int from0, int ldFrom, float[] to, int to0, int ldTo, int rows, int columns) {
    for (int i = 0; i < rows; i++) {
      System.arraycopy(from, from0 + i * ldFrom, to, to0 + i * ldTo, columns);
    }
  }

  /** Bias, activation and residual while the tile is in the first-level cache. */
  private static void epilogue(Gemm g, int batch, int i0, int rows, int j0, int columns) {
    for (int i = i0; i < i0 + rows; i++) {
      int c0 = g.cOffset + batch * g.strideC + i * g.ldc + j0;
      int residual0 = g.residualOffset + batch * g.strideC + i * g.ldResidual + j0;
      if (g.bias != null) {
        RowArithmetic.add(g.c, c0, g.bias, g.biasOffset + j0, g.c, c0, columns);
      }
      if (g.gelu) {
        VectorMath.gelu(g.c, c0, g.c, c0, columns);
      }
      if (g.residual != null) {
        RowArithmetic.add(g.c, c0, g.residual, residual0, g.c, c0, columns);
      }
    }
  }

  private static int roundUp(int columns) {
    return (columns + COLUMNS - 1) / COLUMNS * COLUMNS;
  }
}
