package org.basisar.tensor.cpu;

import java.util.Arrays;

/**
 * Softmax attention in fp32, all heads of a batch: {@code out = softmax(query key^T /
 * sqrt(headWidth) + mask) value}.
 *
 * <p>The queries are the last of the keys, so that a key/value cache may hold more tokens than are
 * asked about. With cells, a query sees the keys of its own and of earlier cells; keys that no
 * query of a block sees are not computed. A (batch, head) is the unit of parallel work.
 */
final class Attention extends AttentionHead {
  private static final int KEY = 4;
  private static final int VALUE = 5;
  private static final int SCORES = 6;
  private static final int RESULT = 7;
  private static final int SUMS = 8;

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

  /** Computes on the pool. */
  void execute() {
    Workers.run(this);
  }

  @Override
  public void run(int from, int to) {
    Scratch scratch = Scratch.ofThread();
    for (int item = from; item < to; item++) {
      pack(scratch, item);
      head(scratch, item);
    }
  }

  // The parts are methods of their own, because the compiler stops inlining in a large one and
  // then allocates vectors.

  private void pack(Scratch scratch, int item) {
    int batch = item / heads;
    int column = item % heads * headWidth;
    float[] packedKey = scratch.floats(KEY, headWidth * paddedKeys);
    float[] packedValue = scratch.floats(VALUE, keys * paddedHead);
    FloatPacking.columnsTransposed(
        key.array,
        key.at(batch, 0, column),
        key.rowStride,
        keys,
        headWidth,
        packedKey,
        0,
        0,
        headWidth);
    FloatPacking.columns(
        value.array,
        value.at(batch, 0, column),
        value.rowStride,
        headWidth,
        keys,
        packedValue,
        0,
        0,
        keys);
  }

  private void head(Scratch scratch, int item) {
    int batch = item / heads;
    int column = item % heads * headWidth;
    float[] packedKey = scratch.floats(KEY, 0);
    float[] packedValue = scratch.floats(VALUE, 0);
    float[] scores = scratch.floats(SCORES, BLOCK_ROWS * paddedKeys);
    float[] result = scratch.floats(RESULT, BLOCK_ROWS * paddedHead);
    float[] sums = scratch.floats(SUMS, QUERY_BLOCK);
    for (int i0 = 0; i0 < queries; i0 = blockEnd(i0)) {
      int rows = blockEnd(i0) - i0;
      int seen = visible(i0 + rows - 1);
      multiply(
          scratch,
          query.array,
          query.at(batch, i0, column),
          query.rowStride,
          rows,
          packedKey,
          headWidth,
          headWidth,
          seen,
          scores,
          0,
          paddedKeys);
      softmax(scratch, item, i0, rows, scores, sums);
      multiply(
          scratch,
          scores,
          0,
          paddedKeys,
          rows,
          packedValue,
          keys,
          seen,
          headWidth,
          result,
          0,
          paddedHead);
      for (int i = 0; i < rows; i++) {
        RowArithmetic.scale(
            result, i * paddedHead, sums[i], out.array, out.at(batch, i0 + i, column), headWidth);
      }
    }
  }

  /**
   * Turns the scores of a block of queries into exponentials; {@code sums} get their inverse sums.
   */
  private void softmax(Scratch scratch, int item, int i0, int rows, float[] scores, float[] sums) {
    int seen = visible(i0 + rows - 1);
    for (int i = 0; i < rows; i++) {
      int at = i * paddedKeys;
      int count = visible(i0 + i);
      float max = RowSoftmax.max(scores, at, count);
      float sum = RowSoftmax.exponentials(scores, at, scores, at, count, scale, max);
      Arrays.fill(scores, at + count, at + seen, 0);
      if (hasDropout()) {
        drop(scratch, item, i0 + i, scores, at, count);
      }
      sums[i] = 1 / sum;
      logSum[logSumOffset + item * queries + i0 + i] = (float) (max * scale + Math.log(sum));
    }
  }
}
