package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Softmax attention in fp32, all heads of a batch: {@code out = softmax(query key^T /
 * sqrt(headWidth) + mask) value}.
 *
 * <p>The queries are the last of the keys, so that a key/value cache may hold more tokens than are
 * asked about. With cells, a query sees the keys of its own and of earlier cells; keys that no
 * query of a block sees are not computed. A (batch, head) is the unit of parallel work.
 */
final class Attention extends AttentionHead {
  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;
  private static final int LANES = FloatLanes.LANES;

  private static final int QUERY = 7;
  private static final int VALUE = 8;
  private static final int SCORES = 9;
  private static final int MAXIMA = 10;
  private static final int SUMS = 11;

  private final AttentionRows query = new AttentionRows();
  private final AttentionRows key = new AttentionRows();
  private final AttentionRows value = new AttentionRows();
  private final AttentionRows out = new AttentionRows();
  private float[] logSum = {};
  private int logSumOffset;

  /**
   * Attention of given sizes.
   *
   * @param batches independent sequences
   * @param heads heads, contiguous slices of each row
   * @param headWidth elements of a head
   * @param queries tokens that ask
   * @param keys tokens that are asked, at least {@code queries}
   * @param cellTokens tokens of a cell; 0 for no mask
   */
  Attention(int batches, int heads, int headWidth, int queries, int keys, int cellTokens) {
    super(batches, heads, headWidth, queries, keys, cellTokens);
  }

  /** The same attention, of which operands may then be set anew. */
  Attention(Attention other) {
    this(other.batches, other.heads, other.headWidth, other.queries, other.keys, other.cellTokens);
    query.set(other.query);
    key.set(other.key);
    value.set(other.value);
    out.set(other.out);
    logSum(other.logSum, other.logSumOffset);
  }

  /** Sets the query; see {@link AttentionRows#set}. */
  Attention query(float[] array, int offset, int rowStride, int batchStride) {
    query.set(array, offset, rowStride, batchStride);
    return this;
  }

  /** Sets the key; see {@link AttentionRows#set}. */
  Attention key(float[] array, int offset, int rowStride, int batchStride) {
    key.set(array, offset, rowStride, batchStride);
    return this;
  }

  /** Sets the value; see {@link AttentionRows#set}. */
  Attention value(float[] array, int offset, int rowStride, int batchStride) {
    value.set(array, offset, rowStride, batchStride);
    return this;
  }

  /** Sets the result; see {@link AttentionRows#set}. */
  Attention out(float[] array, int offset, int rowStride, int batchStride) {
    out.set(array, offset, rowStride, batchStride);
    return this;
  }

  /**
   * Sets where the logarithms of the softmax denominators go, {@code [batches, heads, queries]}.
   */
  Attention logSum(float[] array, int offset) {
    logSum = array;
    logSumOffset = offset;
    return this;
  }

  /**
   * Sets dropout of the probabilities by the uniform numbers of {@link Philox}, element {@code
   * ((batch heads + head) queries + query) keys + key}.
   *
   * @param rate probability of dropping; 0 for none
   */
  Attention dropout(double rate, long seed, long step, int call) {
    setDropout(rate, seed, step, call);
    return this;
  }

  /** Lets queries and keys be turned in place first; see {@link #setRotation}. */
  Attention rotation(float[] cosine, int cosineOffset, float[] sine, int sineOffset) {
    setRotation(cosine, cosineOffset, sine, sineOffset);
    return this;
  }

  /** Computes on the pool. */
  void execute() {
    Workers.run(this);
  }

  @Override
  public void run(int from, int to) {
    Scratch scratch = Scratch.ofThread();
    for (int item = from; item < to; item++) {
      if (nearby && (item == from || item % heads == 0)) {
        query.bringNear(scratch, item / heads, queries, heads * headWidth);
        key.bringNear(scratch, item / heads, keys, heads * headWidth);
        value.bringNear(scratch, item / heads, keys, heads * headWidth);
      }
      head(scratch, item);
    }
  }

  // The parts are methods of their own, because the compiler stops inlining in a large one and
  // then allocates vectors.

  private void head(Scratch scratch, int item) {
    int batch = item / heads;
    int column = item % heads * headWidth;
    rotate(query, batch, column, false);
    rotate(key, batch, column, false);
    float[] packedValue = scratch.floats(VALUE, keys * paddedHead);
    float[] packedQuery = scratch.floats(QUERY, headWidth * QUERY_BLOCK);
    float[] scores = scratch.floats(SCORES, paddedKeys * QUERY_BLOCK);
    value.pack(batch, 0, column, keys, headWidth, packedValue);
    for (int i0 = 0; i0 < queries; i0 = blockEnd(i0)) {
      int count = blockEnd(i0) - i0;
      query.packTransposed(batch, i0, column, count, headWidth, packedQuery);
      scores(scratch, key, batch, column, packedQuery, i0, count, scores);
      softmax(scratch, item, i0, count, scores);
      if (hasDropout()) {
        drop(scores, kept(scratch, item, i0, count), i0, count);
      }
      ofQueries(scratch, scores, packedValue, i0, count, out, batch, column);
    }
  }

  /** Turns the scores of a block of queries into probabilities. */
  private void softmax(Scratch scratch, int item, int i0, int count, float[] scores) {
    float[] maxima = scratch.floats(MAXIMA, QUERY_BLOCK);
    float[] sums = scratch.floats(SUMS, QUERY_BLOCK);
    for (int i = 0; i < count; i += LANES) {
      int seen = hide(scratch, scores, i0, count, i);
      int end = i + seen * QUERY_BLOCK;
      maxima(scores, i, end, maxima, i);
      exponentials(scores, i, end, scale, maxima, sums, i);
      clear(scores, i, seen, reach(i0, count, i));
    }
    int at = logSumOffset + item * queries + i0;
    VectorMath.log(sums, 0, logSum, at, count);
    RowArithmetic.accumulate(maxima, 0, scale, logSum, at, count);
  }

  private static void maxima(float[] scores, int from, int end, float[] maxima, int at) {
    FloatVector max = FloatVector.fromArray(SPECIES, scores, from);
    for (int j = from + QUERY_BLOCK; j < end; j += QUERY_BLOCK) {
      FloatVector score = FloatVector.fromArray(SPECIES, scores, j);
      max = max.blend(score, max.lt(score));
    }
    max.intoArray(maxima, at);
  }

  /** Probabilities of as many queries as a vector has lanes, and what they were divided by. */
  private static void exponentials(
      float[] scores, int from, int end, float scale, float[] maxima, float[] sums, int at) {
    FloatVector factor = FloatVector.broadcast(SPECIES, scale);
    FloatVector shift = FloatVector.fromArray(SPECIES, maxima, at);
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int j = from; j < end; j += QUERY_BLOCK) {
      FloatVector score = FloatVector.fromArray(SPECIES, scores, j);
      FloatVector power = FloatLanes.expOfNegative(score.sub(shift).mul(factor));
      power.intoArray(scores, j);
      sum = sum.add(power);
    }
    sum.intoArray(sums, at);
    FloatVector inverse = FloatVector.broadcast(SPECIES, 1).div(sum);
    for (int j = from; j < end; j += QUERY_BLOCK) {
      FloatVector.fromArray(SPECIES, scores, j).mul(inverse).intoArray(scores, j);
    }
  }
}
