package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * What the forward and the backward pass of attention share: sizes, the mask, the regenerated
 * dropout, and products of blocks in scratch memory that is padded to whole tiles, so that no tile
 * has an edge on its output side.
 */
abstract class AttentionHead extends ParallelKernel {
  static final int ROWS = FloatTile.ROWS;
  static final int COLUMNS = FloatTile.COLUMNS;

  /** Queries that are computed together; their scores stay in the second-level cache. */
  static final int QUERY_BLOCK = 64;

  /** Rows of scratch for a block: whole tiles, and a tile may have six rows. */
  static final int BLOCK_ROWS = roundUp(QUERY_BLOCK, ROWS);

  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;
  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, SPECIES.vectorShape());
  private static final int LANES = FloatLanes.LANES;

  /** Cells shorter than this are not worth a block of queries of their own. */
  private static final int SMALL_CELL = 32;

  private static final int EDGE = 3;

  final int batches;
  final int heads;
  final int headWidth;
  final int queries;
  final int keys;
  final int cellTokens;
  final float scale;

  /** Widths that are padded to whole tiles. */
  final int paddedHead;

  final int paddedKeys;

  private int threshold;
  private float keepScale = 1;
  private long seed;
  private long step;
  private int call;

  AttentionHead(int batches, int heads, int headWidth, int queries, int keys, int cellTokens) {
    if (queries > keys || cellTokens < 0) {
      throw new IllegalArgumentException(
          "Attention of "
              + queries
              + " queries over "
              + keys
              + " keys with cells of "
              + cellTokens
              + " tokens: the queries are the last of the keys, and 0 means no mask.");
    }
    this.batches = batches;
    this.heads = heads;
    this.headWidth = headWidth;
    this.queries = queries;
    this.keys = keys;
    this.cellTokens = cellTokens;
    scale = (float) (1 / Math.sqrt(headWidth));
    paddedHead = roundUp(headWidth, COLUMNS);
    paddedKeys = roundUp(keys, COLUMNS);
  }

  final void setDropout(double rate, long randomSeed, long randomStep, int randomCall) {
    // A number w 2^-24 is kept when it is at least the rate.
    threshold = (int) Math.ceil(rate * 0x1p24);
    keepScale = (float) (1 / (1 - rate));
    seed = randomSeed;
    step = randomStep;
    call = randomCall;
  }

  @Override
  public final int items() {
    return queries == 0 ? 0 : Math.multiplyExact(batches, heads);
  }

  @Override
  public final int grain() {
    return (int) Math.max(1, 100_000L / Math.max(1L, (long) queries * keys * headWidth));
  }

  /** Keys that a query sees; they are the first ones. */
  final int visible(int query) {
    if (cellTokens == 0) {
      return keys;
    }
    return Math.min(keys, ((keys - queries + query) / cellTokens + 1) * cellTokens);
  }

  /**
   * One past the last query of the block that begins with a query: whole cells, unless they are
   * tiny.
   */
  final int blockEnd(int query) {
    int end = Math.min(queries, query + QUERY_BLOCK);
    if (cellTokens < SMALL_CELL) {
      return end;
    }
    int past = keys - queries;
    return Math.min(end, ((past + query) / cellTokens + 1) * cellTokens - past);
  }

  /**
   * C = A B for packed B, where C is scratch with whole tiles.
   *
   * @param rows rows of A; C has room for whole tiles
   * @param panelDepth depth with which B was packed, of which the first {@code depth} are used
   * @param columns columns of C that are wanted
   */
  static void multiply(
      Scratch scratch,
      float[] a,
      int a0,
      int lda,
      int rows,
      float[] packedB,
      int panelDepth,
      int depth,
      int columns,
      float[] c,
      int c0,
      int ldc) {
    int wholeRows = rows / ROWS * ROWS;
    float[] edge = scratch.floats(EDGE, ROWS * Math.max(depth, 256));
    if (wholeRows < rows) {
      FloatPacking.rows(a, a0 + wholeRows * lda, lda, rows - wholeRows, depth, edge, 0, 0, depth);
    }
    for (int j = 0; j < columns; j += COLUMNS) {
      for (int i = 0; i < wholeRows; i += ROWS) {
        FloatTile.direct(
            a,
            a0 + i * lda,
            lda,
            packedB,
            j * panelDepth,
            depth,
            FloatTile.ZEROS,
            0,
            0,
            c,
            c0 + i * ldc + j,
            ldc);
      }
      if (wholeRows < rows) {
        FloatTile.packed(
            edge,
            0,
            packedB,
            j * panelDepth,
            depth,
            FloatTile.ZEROS,
            0,
            0,
            c,
            c0 + wholeRows * ldc + j,
            ldc);
      }
    }
  }

  /** C += A^T B for packed A and B, where C is scratch with whole tiles. */
  static void addTransposed(
      float[] packedA, int rows, float[] packedB, int depth, int columns, float[] c, int ldc) {
    for (int j = 0; j < columns; j += COLUMNS) {
      for (int i = 0; i < rows; i += ROWS) {
        int at = i * ldc + j;
        FloatTile.packed(packedA, i * depth, packedB, j * depth, depth, c, at, ldc, c, at, ldc);
      }
    }
  }

  final boolean hasDropout() {
    return threshold > 0;
  }

  /** Multiplies the elements of one query's row by 0 or 1 / (1 - rate). */
  final void drop(Scratch scratch, int item, int query, float[] row, int at, int count) {
    int[] words = scratch.ints(count);
    long first = ((long) item * queries + query) * keys;
    Philox.words(seed, step, call, first, words, 0, count);
    FloatVector factor = FloatVector.broadcast(SPECIES, keepScale);
    FloatVector zero = FloatVector.zero(SPECIES);
    IntVector least = IntVector.broadcast(INTS, threshold);
    int j = 0;
    for (; j <= count - LANES; j += LANES) {
      VectorMask<Float> dropped =
          IntVector.fromArray(INTS, words, j)
              .lanewise(VectorOperators.LSHR, 8)
              .lt(least)
              .cast(SPECIES);
      FloatVector.fromArray(SPECIES, row, at + j)
          .mul(factor)
          .blend(zero, dropped)
          .intoArray(row, at + j);
    }
    for (; j < count; j++) {
      row[at + j] = words[j] >>> 8 < threshold ? 0 : row[at + j] * keepScale;
    }
  }

  static int roundUp(int size, int unit) {
    return (size + unit - 1) / unit * unit;
  }
}
