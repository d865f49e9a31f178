package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * What the forward and the backward pass of attention share: sizes, the mask, the regenerated
 * dropout, and the products.
 *
 * <p>Scores of a block of queries lie transposed in scratch memory, {@code [keys, QUERY_BLOCK]}:
 * the lanes of a vector are queries, so that maxima and sums over keys need nothing across lanes,
 * and both products with the scores can read them in place. There are whole tiles of rows.
 */
abstract class AttentionHead extends ParallelKernel {
  static final int ROWS = FloatTile.ROWS;
  static final int COLUMNS = FloatTile.COLUMNS;

  /** Queries that are computed together, whole tiles of them. */
  static final int QUERY_BLOCK = roundUp(64, COLUMNS);

  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;
  private static final int LANES = FloatLanes.LANES;
  private static final FloatVector HIDDEN = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);

  /** Cells shorter than this are not worth a block of queries of their own. */
  private static final int SMALL_CELL = 32;

  /** Elements of an operand of a batch member. */
  private static final int NEARBY = 32 * 1024;

  private static final int EDGE = 3;
  private static final int TILE = 4;
  private static final int LIMITS = 5;
  private static final int KEPT = 6;

  final int batches;
  final int heads;
  final int headWidth;
  final int queries;
  final int keys;
  final int cellTokens;
  final float scale;

  /** Widths that are padded to whole tiles of columns, and of rows. */
  final int paddedHead;

  final int paddedKeys;

  /** Whether a batch member's operands fit in a second-level cache, beside the scratch. */
  final boolean nearby;

  private float[] cosines = {};
  private int cosineOffset;
  private float[] sines = {};
  private int sineOffset;

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
    nearby = (long) keys * heads * headWidth <= NEARBY;
    scale = (float) (1 / Math.sqrt(headWidth));
    paddedHead = roundUp(headWidth, COLUMNS);
    paddedKeys = roundUp(keys, ROWS);
  }

  final void setDropout(double rate, long randomSeed, long randomStep, int randomCall) {
    // A number w 2^-24 is kept when it is at least the rate.
    threshold = (int) Math.ceil(rate * 0x1p24);
    keepScale = (float) (1 / (1 - rate));
    seed = randomSeed;
    step = randomStep;
    call = randomCall;
  }

  /**
   * Sets tables of rotary positions, {@code [queries, headWidth]}; there are as many keys as
   * queries then.
   */
  final void setRotation(float[] cosine, int cosineOffset, float[] sine, int sineOffset) {
    cosines = cosine;
    this.cosineOffset = cosineOffset;
    sines = sine;
    this.sineOffset = sineOffset;
  }

  /**
   * Turns a head's rows in place, if there are tables.
   *
   * @param back whether the rows are gradients, which are turned the other way
   */
  final void rotate(AttentionRows rows, int batch, int column, boolean back) {
    if (cosines.length == 0) {
      return;
    }
    float[] x = rows.array;
    for (int i = 0; i < queries; i++) {
      int at = rows.at(batch, i, column);
      int c = cosineOffset + i * headWidth;
      int s = sineOffset + i * headWidth;
      if (back) {
        Rotary.backward(x, at, cosines, c, sines, s, x, at, 1, headWidth);
      } else {
        Rotary.forward(x, at, cosines, c, sines, s, x, at, 1, headWidth);
      }
    }
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

  /** The first query from {@code from} on that sees a key. */
  final int seeing(int key, int from) {
    if (cellTokens == 0) {
      return from;
    }
    return Math.max(from, key / cellTokens * cellTokens - (keys - queries));
  }

  /**
   * Scores of a block: every key in place times the packed queries, without what no query of a tile
   * sees.
   *
   * @param rows tokens of which each is a row of the scores: keys, or values
   * @param panels packed queries, or what else belongs to them
   * @param count queries of the block
   */
  final void scores(
      Scratch scratch,
      AttentionRows rows,
      int batch,
      int column,
      float[] panels,
      int i0,
      int count,
      float[] scores) {
    int lda = rows.rowStride;
    for (int i = 0; i < count; i += COLUMNS) {
      int seen = visible(i0 + Math.min(i + COLUMNS, count) - 1);
      for (int j = 0; j < seen; j += ROWS) {
        int a0 = rows.at(batch, j, column);
        int height = Math.min(ROWS, keys - j);
        int to = j * QUERY_BLOCK + i;
        if (height == ROWS) {
          FloatTile.direct(
              rows.array,
              a0,
              lda,
              panels,
              i * headWidth,
              headWidth,
              FloatTile.ZEROS,
              0,
              0,
              scores,
              to,
              QUERY_BLOCK);
        } else {
          float[] edge = scratch.floats(EDGE, ROWS * headWidth);
          FloatPacking.rows(rows.array, a0, lda, height, headWidth, edge, 0, 0, headWidth);
          FloatTile.packed(
              edge,
              0,
              panels,
              i * headWidth,
              headWidth,
              FloatTile.ZEROS,
              0,
              0,
              scores,
              to,
              QUERY_BLOCK);
        }
      }
    }
  }

  /**
   * Rows of queries: C = Sᵀ B for scores S and packed B with a row for each key, of which a tile's
   * last query sees the first ones.
   */
  final void ofQueries(
      Scratch scratch,
      float[] scores,
      float[] panels,
      int i0,
      int count,
      AttentionRows c,
      int batch,
      int column) {
    float[] tile = scratch.floats(TILE, ROWS * COLUMNS);
    for (int j = 0; j < headWidth; j += COLUMNS) {
      int width = Math.min(COLUMNS, headWidth - j);
      int b0 = j * keys;
      for (int i = 0; i < count; i += ROWS) {
        int height = Math.min(ROWS, count - i);
        int depth = visible(i0 + i + height - 1);
        int to = c.at(batch, i0 + i, column + j);
        float[] zeros = FloatTile.ZEROS;
        // A tile of fewer rows reads and computes queries of the scratch that are not there.
        int from = Math.min(i, QUERY_BLOCK - ROWS);
        if (height == ROWS && width == COLUMNS) {
          FloatTile.transposed(
              scores, i, QUERY_BLOCK, panels, b0, depth, zeros, 0, 0, c.array, to, c.rowStride);
        } else {
          FloatTile.transposed(
              scores, from, QUERY_BLOCK, panels, b0, depth, zeros, 0, 0, tile, 0, COLUMNS);
          copy(tile, (i - from) * COLUMNS, COLUMNS, c.array, to, c.rowStride, height, width);
        }
      }
    }
  }

  /**
   * Rows of keys: C = S B for scores S and packed B with a row for each query, or C += S B for
   * later blocks of queries.
   */
  final void ofKeys(
      Scratch scratch,
      float[] scores,
      float[] panels,
      int i0,
      int count,
      AttentionRows c,
      int batch,
      int column) {
    float[] tile = scratch.floats(TILE, ROWS * COLUMNS);
    boolean onto = i0 > 0;
    int ldc = c.rowStride;
    for (int j = 0; j < headWidth; j += COLUMNS) {
      int width = Math.min(COLUMNS, headWidth - j);
      for (int i = 0; i < keys; i += ROWS) {
        int skipped = Math.min(count, seeing(i, i0) - i0);
        int depth = count - skipped;
        if (onto && depth == 0) {
          break;
        }
        int height = Math.min(ROWS, keys - i);
        int a0 = i * QUERY_BLOCK + skipped;
        int b0 = j * count + skipped * COLUMNS;
        int to = c.at(batch, i, column + j);
        boolean whole = height == ROWS && width == COLUMNS;
        float[] target = whole ? c.array : tile;
        int at = whole ? to : 0;
        int ld = whole ? ldc : COLUMNS;
        if (onto && !whole) {
          copy(c.array, to, ldc, tile, 0, COLUMNS, height, width);
        }
        float[] start = onto ? target : FloatTile.ZEROS;
        FloatTile.direct(
            scores,
            a0,
            QUERY_BLOCK,
            panels,
            b0,
            depth,
            start,
            onto ? at : 0,
            onto ? ld : 0,
            target,
            at,
            ld);
        if (!whole) {
          copy(tile, 0, COLUMNS, c.array, to, ldc, height, width);
        }
      }
    }
  }

  private static void copy(
      float[] from, int from0, int ldFrom, float[] to, int to0, int ldTo, int rows, int columns) {
    for (int i = 0; i < rows; i++) {
      System.arraycopy(from, from0 + i * ldFrom, to, to0 + i * ldTo, columns);
    }
  }

  /**
   * Makes scores minus infinity where a query does not see a key, among the keys that some lane of
   * its vector sees.
   *
   * @return how many keys some lane sees
   */
  final int hide(Scratch scratch, float[] scores, int i0, int count, int vector) {
    int lanes = Math.min(LANES, count - vector);
    int first = visible(i0 + vector);
    int last = visible(i0 + vector + lanes - 1);
    if (first < last) {
      float[] limits = scratch.floats(LIMITS, LANES);
      for (int lane = 0; lane < LANES; lane++) {
        limits[lane] = visible(i0 + vector + Math.min(lane, lanes - 1));
      }
      hide(scores, vector, first, last, limits);
    }
    return last;
  }

  private static void hide(float[] scores, int vector, int first, int last, float[] limits) {
    FloatVector limit = FloatVector.fromArray(SPECIES, limits, 0);
    for (int j = first; j < last; j++) {
      int at = j * QUERY_BLOCK + vector;
      FloatVector score = FloatVector.fromArray(SPECIES, scores, at);
      VectorMask<Float> seen = limit.compare(VectorOperators.GT, FloatVector.broadcast(SPECIES, j));
      HIDDEN.blend(score, seen).intoArray(scores, at);
    }
  }

  /**
   * Keys that some query of a tile sees in which queries of this vector lie, at least those that
   * {@link #hide} returned. What this vector does not see of them must be 0.
   */
  final int reach(int i0, int count, int vector) {
    int end = Math.min(count, roundUp(Math.min(count, vector + LANES), ROWS));
    return visible(i0 + end - 1);
  }

  /** Sets scores of a vector of queries to 0, for the keys {@code [first, end)}. */
  static void clear(float[] scores, int vector, int first, int end) {
    for (int j = first; j < end; j++) {
      FloatVector.zero(SPECIES).intoArray(scores, j * QUERY_BLOCK + vector);
    }
  }

  final boolean hasDropout() {
    return threshold > 0;
  }

  /** What the scores of a block are multiplied by: 0 or 1 / (1 - rate). */
  final float[] kept(Scratch scratch, int item, int i0, int count) {
    float[] kept = scratch.floats(KEPT, paddedKeys * QUERY_BLOCK);
    int[] words = scratch.ints(keys);
    for (int i = 0; i < count; i++) {
      long first = ((long) item * queries + i0 + i) * keys;
      int seen = visible(i0 + i);
      Philox.words(seed, step, call, first, words, 0, seen);
      for (int j = 0; j < seen; j++) {
        kept[j * QUERY_BLOCK + i] = words[j] >>> 8 < threshold ? 0 : keepScale;
      }
    }
    return kept;
  }

  /** Multiplies the scores of a block by what {@link #kept} made. */
  final void drop(float[] scores, float[] kept, int i0, int count) {
    int seen = visible(i0 + count - 1);
    for (int j = 0; j < seen; j++) {
      int skipped = Math.min(count, seeing(j, i0) - i0);
      int at = j * QUERY_BLOCK + skipped;
      RowArithmetic.multiply(scores, at, kept, at, scores, at, count - skipped);
    }
  }

  static int roundUp(int size, int unit) {
    return (size + unit - 1) / unit * unit;
  }
}
