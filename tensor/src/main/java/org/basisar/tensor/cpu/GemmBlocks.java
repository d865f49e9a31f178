package org.basisar.tensor.cpu;

/**
 * The blocking of {@link Gemm} for the caches.
 *
 * <p>Where A is stored by rows, B is packed once, as much of it as fits in half of a second-level
 * cache. Then a few rows of A at a time are multiplied with all of that, over all depths, so that
 * their rows of C are written to memory once, and one after another. Where A is stored transposed,
 * C is the small one: a block of depths of both operands is taken at a time and added to all of C.
 *
 * <p>A block of A is packed, or read in place where {@link FloatTile#IN_PLACE} says so. Then it is
 * brought into the caches first, because the tiles do not ask for it in the order of memory.
 *
 * <p>None of this is part of the result: a sum goes on from what C holds.
 */
final class GemmBlocks {
  /** Depth of a block: a packed panel of B stays in the first-level cache. */
  static final int DEPTH = 256;

  /** Depths that are packed together of B. */
  private static final int DEPTHS = 4 * DEPTH;

  /** Elements of B that are packed together. */
  private static final int PACKED = 256 * 1024;

  private static final int ROWS = FloatTile.ROWS;
  private static final int COLUMNS = FloatTile.COLUMNS;
  private static final int LANES = FloatTile.LANES;

  /** Rows whose part of C stays near while the depths go by. */
  private static final int GROUP_ROWS = 32 / ROWS * ROWS;

  private static final int BLOCK_ROWS = 384 / ROWS * ROWS;

  /** Distance between rows put side by side: behind them is room for the rest of a vector. */
  private static final int SIDE_LD = DEPTH + LANES;

  /** Where a last tile of too few rows is packed, behind everything else. */
  private static final int REST_OF_A = (BLOCK_ROWS - ROWS) * DEPTH;

  /** Rows of A that are put side by side at once. */
  private static final int SUM_ROWS = REST_OF_A / SIDE_LD / ROWS * ROWS;

  /** Elements of a cache line. */
  private static final int LINE = 64 / Float.BYTES;

  private static final int PACKED_A = 0;
  private static final int PACKED_B = 1;
  private static final int TILE = 2;

  /** How a block's A lies. */
  private enum Form {
    PACKED,
    ROWS,
    TRANSPOSED
  }

  private GemmBlocks() {}

  /**
   * Computes rows {@code [i0, i1)} and columns {@code [j0, j1)} of one C; the ranges start at whole
   * tiles.
   */
  static void compute(Gemm g, int batch, int i0, int i1, int j0, int j1) {
    Scratch scratch = Scratch.ofThread();
    boolean byRows = !g.transposeA && !g.sumBatches;
    int together = byRows ? Math.min(DEPTHS, Math.max(1, g.k)) : DEPTH;
    int block = Math.max(COLUMNS, PACKED / together / COLUMNS * COLUMNS);
    int end = g.triangle ? Math.min(i1, j1) : j1;
    for (int j = j0; j < end; j += block) {
      int columns = Math.min(block, end - j);
      if (g.sumBatches) {
        sum(g, scratch, i0, i1, j, columns);
      } else if (byRows) {
        rows(g, scratch, batch, i0, i1, j, columns);
      } else {
        depths(g, scratch, batch, i0, i1, j, columns);
      }
    }
  }

  /** A is stored by rows. */
  private static void rows(Gemm g, Scratch scratch, int batch, int i0, int i1, int j, int columns) {
    int first = 0;
    do {
      int end = Math.min(g.k, first + DEPTHS);
      float[] packedB = scratch.lined(PACKED_B, roundUp(columns) * (end - first));
      for (int p = first; p < end; p += DEPTH) {
        packB(
            g, batch, p, Math.min(DEPTH, end - p), j, columns, packedB, start(p - first, columns));
      }
      for (int i = i0; i < i1; i += GROUP_ROWS) {
        int rows = Math.min(GROUP_ROWS, i1 - i);
        int p = first;
        do {
          int depth = Math.min(DEPTH, end - p);
          int a0 = g.aOffset + batch * g.strideA + i * g.lda + p;
          int b0 = start(p - first, columns);
          boolean last = p + depth >= g.k;
          boolean begins = p == 0;
          if (FloatRowPanel.SUPPORTED && !g.inPlace) {
            float[] packedA = scratch.floats(PACKED_A, BLOCK_ROWS * DEPTH);
            FloatPacking.rows(g.a, a0, g.lda, rows, depth, packedA, 0, 0, depth);
            Form form = Form.PACKED;
            block(
                g, scratch, batch, form, packedA, 0, 0, b0, i, rows, j, columns, depth, begins,
                last);
          } else {
            bringNear(scratch, g.a, a0, g.lda, rows, depth);
            Form form = Form.ROWS;
            block(
                g, scratch, batch, form, g.a, a0, g.lda, b0, i, rows, j, columns, depth, begins,
                last);
          }
          p += depth;
        } while (p < end);
      }
      first = end;
    } while (first < g.k);
  }

  /** Where the packed block of a depth begins. */
  private static int start(int depth, int columns) {
    return Scratch.LINE + depth * roundUp(columns);
  }

  /** A is stored transposed. */
  private static void depths(
      Gemm g, Scratch scratch, int batch, int i0, int i1, int j, int columns) {
    float[] packedA = scratch.floats(PACKED_A, BLOCK_ROWS * DEPTH);
    float[] packedB = scratch.lined(PACKED_B, roundUp(columns) * DEPTH);
    int p = 0;
    do {
      int depth = Math.min(DEPTH, g.k - p);
      packB(g, batch, p, depth, j, columns, packedB, Scratch.LINE);
      boolean last = p + depth >= g.k;
      for (int i = i0; i < i1; i += BLOCK_ROWS) {
        int rows = Math.min(BLOCK_ROWS, i1 - i);
        int a0 = g.aOffset + batch * g.strideA + p * g.lda + i;
        int b0 = Scratch.LINE;
        boolean first = p == 0;
        if (g.inPlace || g.sums != null) {
          bringNear(scratch, g.a, a0, g.lda, depth, rows);
        }
        if (g.sums != null && j == 0) {
          g.sums.pass(scratch, p, depth, i, rows);
        }
        if (g.inPlace) {
          Form form = Form.TRANSPOSED;
          block(
              g, scratch, batch, form, g.a, a0, g.lda, b0, i, rows, j, columns, depth, first, last);
        } else {
          FloatPacking.rowsTransposed(g.a, a0, g.lda, rows, depth, packedA, 0, 0, depth);
          Form form = Form.PACKED;
          block(
              g, scratch, batch, form, packedA, 0, 0, b0, i, rows, j, columns, depth, first, last);
        }
      }
      p += depth;
    } while (p < g.k);
  }

  /**
   * Short sums of successive batches share a block, so that B is packed, and C read and written,
   * once per {@link #DEPTH}. A in place is multiplied batch by batch.
   */
  private static void sum(Gemm g, Scratch scratch, int i0, int i1, int j, int columns) {
    int group = Math.max(1, DEPTH / Math.max(1, g.k));
    int batch = 0;
    int p = 0;
    boolean first = true;
    float[] packedA = scratch.floats(PACKED_A, BLOCK_ROWS * DEPTH);
    float[] packedB = scratch.lined(PACKED_B, roundUp(columns) * DEPTH);
    do {
      int count = Math.min(group, g.batches - batch);
      int depth = Math.min(DEPTH, g.k - p);
      int total = count * depth;
      packSums(g, batch, count, p, depth, j, columns, packedA, packedB);
      boolean last = batch + count >= g.batches && p + depth >= g.k;
      for (int i = i0; i < i1; i += SUM_ROWS) {
        int rows = Math.min(SUM_ROWS, i1 - i);
        int b0 = Scratch.LINE;
        if (g.inPlace && !g.transposeA && count > 1 && depth > 0) {
          int a0 = g.aOffset + batch * g.strideA + i * g.lda;
          side(g.a, a0, g.lda, g.strideA, rows, depth, count, packedA);
          Form form = Form.ROWS;
          block(
              g, scratch, 0, form, packedA, 0, SIDE_LD, b0, i, rows, j, columns, total, first,
              last);
        } else {
          for (int q = 0; q < count; q++) {
            packA(g, batch + q, p, depth, i, rows, packedA, q * depth, total);
          }
          Form form = Form.PACKED;
          block(g, scratch, 0, form, packedA, 0, 0, b0, i, rows, j, columns, total, first, last);
        }
      }
      first = false;
      p += depth;
      if (p >= g.k) {
        p = 0;
        batch += count;
      }
    } while (batch < g.batches);
  }

  /**
   * Packs B of several batches. What lies along the sums is put side by side first where a batch
   * has no whole vectors, because packing turns whole vectors.
   *
   * @param space a place for {@link #COLUMNS} rows of {@link #SIDE_LD} elements
   */
  private static void packSums(
      Gemm g,
      int batch,
      int count,
      int p,
      int depth,
      int j,
      int columns,
      float[] space,
      float[] out) {
    int total = count * depth;
    if (count == 1 || !g.transposeB || depth % LANES == 0) {
      for (int q = 0; q < count; q++) {
        packB(g, batch + q, p, depth, j, columns, out, Scratch.LINE, q * depth, total);
      }
      return;
    }
    for (int q = 0; q < columns; q += COLUMNS) {
      int b0 = g.bOffset + batch * g.strideB + (j + q) * g.ldb;
      int width = Math.min(COLUMNS, columns - q);
      side(g.b, b0, g.ldb, g.strideB, width, depth, count, space);
      int to = Scratch.LINE + q * total;
      FloatPacking.columnsTransposed(space, 0, SIDE_LD, width, total, out, to, 0, total);
    }
  }

  private static void packA(
      Gemm g, int batch, int p, int depth, int i, int rows, float[] out, int offset, int total) {
    int a0 = g.aOffset + batch * g.strideA;
    if (g.transposeA) {
      FloatPacking.rowsTransposed(
          g.a, a0 + p * g.lda + i, g.lda, rows, depth, out, 0, offset, total);
    } else {
      FloatPacking.rows(g.a, a0 + i * g.lda + p, g.lda, rows, depth, out, 0, offset, total);
    }
  }

  /**
   * Copies the same few rows of several batches, those of a batch after those of the one before. A
   * vector reaches into the batch after it, which is written later.
   */
  private static void side(
      float[] from, int from0, int ld, int stride, int rows, int depth, int count, float[] out) {
    int excess = (depth + LANES - 1) / LANES * LANES - depth;
    for (int q = 0; q < count; q++) {
      int at = from0 + q * stride;
      int to = q * depth;
      int whole = Math.clamp((from.length - excess - depth - at + ld) / (long) ld, 0, rows);
      for (int lane = 0; lane < depth; lane += LANES) {
        TokenProduct.copyVectors(from, at + lane, ld, out, to + lane, SIDE_LD, whole);
      }
      for (int row = whole; row < rows; row++) {
        System.arraycopy(from, at + row * ld, out, to + row * SIDE_LD, depth);
      }
    }
  }

  /** Reads an element of every cache line of a block, in the order of memory. */
  static void bringNear(Scratch scratch, float[] a, int a0, int lda, int rows, int columns) {
    float sum = 0;
    for (int i = 0; i < rows; i++) {
      int row = a0 + i * lda;
      for (int j = 0; j < columns; j += LINE) {
        sum += a[row + j];
      }
    }
    // What is never used would not be read.
    scratch.lanes[0] = sum;
  }

  private static void packB(
      Gemm g, int batch, int p, int depth, int j, int columns, float[] out, int out0) {
    packB(g, batch, p, depth, j, columns, out, out0, 0, depth);
  }

  private static void packB(
      Gemm g,
      int batch,
      int p,
      int depth,
      int j,
      int columns,
      float[] out,
      int out0,
      int depthOffset,
      int totalDepth) {
    int b0 = g.bOffset + batch * g.strideB;
    if (g.transposeB) {
      FloatPacking.columnsTransposed(
          g.b, b0 + j * g.ldb + p, g.ldb, columns, depth, out, out0, depthOffset, totalDepth);
    } else {
      FloatPacking.columns(
          g.b, b0 + p * g.ldb + j, g.ldb, columns, depth, out, out0, depthOffset, totalDepth);
    }
  }

  /**
   * All tiles of a block.
   *
   * @param first whether this is the first block of the sum, so that nothing is in C yet
   * @param last whether it is the last
   */
  private static void block(
      Gemm g,
      Scratch scratch,
      int batch,
      Form form,
      float[] a,
      int a0,
      int lda,
      int b0,
      int i0,
      int rows,
      int j0,
      int columns,
      int depth,
      boolean first,
      boolean last) {
    boolean onto = g.accumulate || !first;
    // A sum that starts from the bias needs no pass of its own for it.
    boolean addBias = g.bias != null && g.accumulate;
    float[] bias = addBias ? null : g.bias;
    boolean epilogue = last && (addBias || g.gelu || g.residual != null);
    for (int j = 0; j < columns; j += COLUMNS) {
      int width = Math.min(COLUMNS, columns - j);
      float[] start = bias == null ? FloatTile.ZEROS : bias;
      int start0 = bias == null ? 0 : g.biasOffset + j0 + j;
      if (width < COLUMNS && bias != null) {
        start = scratch.floats(TILE, (ROWS + 1) * COLUMNS);
        System.arraycopy(bias, start0, start, ROWS * COLUMNS, width);
        start0 = ROWS * COLUMNS;
      }
      for (int i = 0; i < rows; i += ROWS) {
        int height = Math.min(ROWS, rows - i);
        if (g.triangle && j0 + j >= i0 + i + height) {
          continue;
        }
        int c0 = g.cOffset + batch * g.strideC + (i0 + i) * g.ldc + j0 + j;
        int b = b0 + j * depth;
        if (width < COLUMNS || height < ROWS) {
          edge(g, scratch, form, a, a0, lda, i, height, b, depth, width, onto, start, start0, c0);
        } else if (onto) {
          tile(scratch, form, a, a0, lda, i, height, b, depth, g.c, c0, g.ldc, g.c, c0, g.ldc);
        } else {
          tile(scratch, form, a, a0, lda, i, height, b, depth, start, start0, 0, g.c, c0, g.ldc);
        }
        if (epilogue) {
          epilogue(g, addBias, batch, i0 + i, height, j0 + j, width);
        }
      }
    }
  }

  /** A tile that does not lie in C as a whole. */
  private static void edge(
      Gemm g,
      Scratch scratch,
      Form form,
      float[] a,
      int a0,
      int lda,
      int i,
      int height,
      int b0,
      int depth,
      int width,
      boolean onto,
      float[] start,
      int start0,
      int c0) {
    float[] edge = scratch.floats(TILE, (ROWS + 1) * COLUMNS);
    if (onto) {
      copy(g.c, c0, g.ldc, edge, 0, COLUMNS, height, width);
      tile(scratch, form, a, a0, lda, i, height, b0, depth, edge, 0, COLUMNS, edge, 0, COLUMNS);
    } else {
      tile(scratch, form, a, a0, lda, i, height, b0, depth, start, start0, 0, edge, 0, COLUMNS);
    }
    copy(edge, 0, COLUMNS, g.c, c0, g.ldc, height, width);
  }

  private static void tile(
      Scratch scratch,
      Form form,
      float[] a,
      int a0,
      int lda,
      int i,
      int height,
      int b0,
      int depth,
      float[] start,
      int start0,
      int ldStart,
      float[] c,
      int c0,
      int ldc) {
    float[] b = scratch.floats(PACKED_B, 0);
    if (form == Form.PACKED) {
      FloatTile.packed(a, a0 + i * depth, b, b0, depth, start, start0, ldStart, c, c0, ldc);
    } else if (height < ROWS) {
      float[] packedA = scratch.floats(PACKED_A, BLOCK_ROWS * DEPTH);
      if (form == Form.ROWS) {
        FloatPacking.rows(a, a0 + i * lda, lda, height, depth, packedA, REST_OF_A, 0, depth);
      } else {
        FloatPacking.rowsTransposed(a, a0 + i, lda, height, depth, packedA, REST_OF_A, 0, depth);
      }
      FloatTile.packed(packedA, REST_OF_A, b, b0, depth, start, start0, ldStart, c, c0, ldc);
    } else if (form == Form.ROWS) {
      FloatTile.direct(a, a0 + i * lda, lda, b, b0, depth, start, start0, ldStart, c, c0, ldc);
    } else {
      FloatTile.transposed(a, a0 + i, lda, b, b0, depth, start, start0, ldStart, c, c0, ldc);
    }
  }

  private static void copy(
      float[] from, int from0, int ldFrom, float[] to, int to0, int ldTo, int rows, int columns) {
    for (int i = 0; i < rows; i++) {
      System.arraycopy(from, from0 + i * ldFrom, to, to0 + i * ldTo, columns);
    }
  }

  /** What follows the sum, while the tile is in the first-level cache. */
  private static void epilogue(
      Gemm g, boolean addBias, int batch, int i0, int rows, int j0, int columns) {
    for (int i = i0; i < i0 + rows; i++) {
      int c0 = g.cOffset + batch * g.strideC + i * g.ldc + j0;
      int residual0 = g.residualOffset + batch * g.strideC + i * g.ldResidual + j0;
      if (addBias && g.bias != null) {
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
