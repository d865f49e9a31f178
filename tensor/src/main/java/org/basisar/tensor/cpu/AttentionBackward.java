package org.basisar.tensor.cpu;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Gradients of {@link Attention} with respect to query, key and value. The probabilities are
 * computed anew from the stored logarithms of the denominators.
 */
final class AttentionBackward extends AttentionHead {
  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;
  private static final int LANES = FloatLanes.LANES;

  private static final int KEY_TRANSPOSED = 4;
  private static final int VALUE_TRANSPOSED = 5;
  private static final int PROBABILITIES = 6;
  private static final int RESULT = 7;
  private static final int SLOPES = 8;
  private static final int KEY = 9;
  private static final int PACKED_QUERIES = 10;
  private static final int PACKED_ROWS = 11;
  private static final int KEY_GRADIENT = 12;
  private static final int VALUE_GRADIENT = 13;
  private static final int MEANS = 14;

  private final AttentionRows query = new AttentionRows();
  private final AttentionRows key = new AttentionRows();
  private final AttentionRows value = new AttentionRows();
  private final AttentionRows out = new AttentionRows();
  private final AttentionRows outGradient = new AttentionRows();
  private final AttentionRows queryGradient = new AttentionRows();
  private final AttentionRows keyGradient = new AttentionRows();
  private final AttentionRows valueGradient = new AttentionRows();
  private float[] logSum = {};
  private int logSumOffset;

  /** Gradients of an {@link Attention} of the same sizes. */
  AttentionBackward(int batches, int heads, int headWidth, int queries, int keys, int cellTokens) {
    super(batches, heads, headWidth, queries, keys, cellTokens);
  }

  /** Sets the query; see {@link AttentionRows#set}. */
  AttentionBackward query(float[] array, int offset, int rowStride, int batchStride) {
    query.set(array, offset, rowStride, batchStride);
    return this;
  }

  /** Sets the key; see {@link AttentionRows#set}. */
  AttentionBackward key(float[] array, int offset, int rowStride, int batchStride) {
    key.set(array, offset, rowStride, batchStride);
    return this;
  }

  /** Sets the value; see {@link AttentionRows#set}. */
  AttentionBackward value(float[] array, int offset, int rowStride, int batchStride) {
    value.set(array, offset, rowStride, batchStride);
    return this;
  }

  /** Sets the result of the forward pass; see {@link AttentionRows#set}. */
  AttentionBackward out(float[] array, int offset, int rowStride, int batchStride) {
    out.set(array, offset, rowStride, batchStride);
    return this;
  }

  /** Sets the logarithms of the denominators of the forward pass. */
  AttentionBackward logSum(float[] array, int offset) {
    logSum = array;
    logSumOffset = offset;
    return this;
  }

  /** Sets the gradient of the result; see {@link AttentionRows#set}. */
  AttentionBackward outGradient(float[] array, int offset, int rowStride, int batchStride) {
    outGradient.set(array, offset, rowStride, batchStride);
    return this;
  }

  /** Sets where the gradient of the query goes; see {@link AttentionRows#set}. */
  AttentionBackward queryGradient(float[] array, int offset, int rowStride, int batchStride) {
    queryGradient.set(array, offset, rowStride, batchStride);
    return this;
  }

  /** Sets where the gradient of the key goes; see {@link AttentionRows#set}. */
  AttentionBackward keyGradient(float[] array, int offset, int rowStride, int batchStride) {
    keyGradient.set(array, offset, rowStride, batchStride);
    return this;
  }

  /** Sets where the gradient of the value goes; see {@link AttentionRows#set}. */
  AttentionBackward valueGradient(float[] array, int offset, int rowStride, int batchStride) {
    valueGradient.set(array, offset, rowStride, batchStride);
    return this;
  }

  /** Sets the dropout of the forward pass; see {@link Attention#dropout}. */
  AttentionBackward dropout(double rate, long seed, long step, int call) {
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
      head(scratch, item);
    }
  }

  private void head(Scratch scratch, int item) {
    int batch = item / heads;
    int column = item % heads * headWidth;
    int paddedRows = roundUp(keys, ROWS);
    float[] keyTransposed = scratch.floats(KEY_TRANSPOSED, headWidth * paddedKeys);
    float[] valueTransposed = scratch.floats(VALUE_TRANSPOSED, headWidth * paddedKeys);
    float[] packedKey = scratch.floats(KEY, keys * paddedHead);
    int key0 = key.at(batch, 0, column);
    FloatPacking.columnsTransposed(
        key.array, key0, key.rowStride, keys, headWidth, keyTransposed, 0, 0, headWidth);
    FloatPacking.columnsTransposed(
        value.array,
        value.at(batch, 0, column),
        value.rowStride,
        keys,
        headWidth,
        valueTransposed,
        0,
        0,
        headWidth);
    FloatPacking.columns(key.array, key0, key.rowStride, headWidth, keys, packedKey, 0, 0, keys);
    float[] keySum = scratch.floats(KEY_GRADIENT, paddedRows * paddedHead);
    float[] valueSum = scratch.floats(VALUE_GRADIENT, paddedRows * paddedHead);
    Arrays.fill(keySum, 0, paddedRows * paddedHead, 0);
    Arrays.fill(valueSum, 0, paddedRows * paddedHead, 0);
    for (int i0 = 0; i0 < queries; i0 = blockEnd(i0)) {
      block(scratch, item, i0, blockEnd(i0) - i0);
    }
    for (int j = 0; j < keys; j++) {
      System.arraycopy(
          keySum, j * paddedHead, keyGradient.array, keyGradient.at(batch, j, column), headWidth);
      System.arraycopy(
          valueSum,
          j * paddedHead,
          valueGradient.array,
          valueGradient.at(batch, j, column),
          headWidth);
    }
  }

  private void block(Scratch scratch, int item, int i0, int rows) {
    int batch = item / heads;
    int column = item % heads * headWidth;
    int seen = visible(i0 + rows - 1);
    int query0 = query.at(batch, i0, column);
    int gradient0 = outGradient.at(batch, i0, column);
    float[] probabilities = scratch.floats(PROBABILITIES, BLOCK_ROWS * paddedKeys);
    float[] slopes = scratch.floats(SLOPES, BLOCK_ROWS * paddedKeys);
    multiply(
        scratch,
        query.array,
        query0,
        query.rowStride,
        rows,
        scratch.floats(KEY_TRANSPOSED, 0),
        headWidth,
        headWidth,
        seen,
        probabilities,
        0,
        paddedKeys);
    multiply(
        scratch,
        outGradient.array,
        gradient0,
        outGradient.rowStride,
        rows,
        scratch.floats(VALUE_TRANSPOSED, 0),
        headWidth,
        headWidth,
        seen,
        slopes,
        0,
        paddedKeys);
    dropRows(scratch, item, i0, rows, slopes);
    float[] means = scratch.floats(MEANS, QUERY_BLOCK);
    for (int i = 0; i < rows; i++) {
      means[i] = mean(batch, column, i0 + i);
    }
    for (int i = 0; i < rows; i++) {
      int at = i * paddedKeys;
      int count = visible(i0 + i);
      float logarithm = logSum[logSumOffset + item * queries + i0 + i];
      scoreGradients(probabilities, slopes, at, count, logarithm, means[i]);
      Arrays.fill(probabilities, at + count, at + seen, 0);
      Arrays.fill(slopes, at + count, at + seen, 0);
    }
    dropRows(scratch, item, i0, rows, probabilities);

    float[] result = scratch.floats(RESULT, BLOCK_ROWS * paddedHead);
    multiply(
        scratch,
        slopes,
        0,
        paddedKeys,
        rows,
        scratch.floats(KEY, 0),
        keys,
        seen,
        headWidth,
        result,
        0,
        paddedHead);
    for (int i = 0; i < rows; i++) {
      System.arraycopy(
          result,
          i * paddedHead,
          queryGradient.array,
          queryGradient.at(batch, i0 + i, column),
          headWidth);
    }

    float[] packedRows = scratch.floats(PACKED_ROWS, BLOCK_ROWS * paddedHead);
    float[] packedQueries = scratch.floats(PACKED_QUERIES, QUERY_BLOCK * (keys + ROWS));
    FloatPacking.rowsTransposed(slopes, 0, paddedKeys, seen, rows, packedQueries, 0, 0, rows);
    FloatPacking.columns(
        query.array, query0, query.rowStride, headWidth, rows, packedRows, 0, 0, rows);
    addTransposed(
        packedQueries,
        seen,
        packedRows,
        rows,
        headWidth,
        scratch.floats(KEY_GRADIENT, 0),
        paddedHead);
    FloatPacking.rowsTransposed(
        probabilities, 0, paddedKeys, seen, rows, packedQueries, 0, 0, rows);
    FloatPacking.columns(
        outGradient.array,
        gradient0,
        outGradient.rowStride,
        headWidth,
        rows,
        packedRows,
        0,
        0,
        rows);
    addTransposed(
        packedQueries,
        seen,
        packedRows,
        rows,
        headWidth,
        scratch.floats(VALUE_GRADIENT, 0),
        paddedHead);
  }

  /** The mean of the probability gradients of one query under its probabilities. */
  private float mean(int batch, int column, int query) {
    return RowNorms.dot(
        out.array,
        out.at(batch, query, column),
        outGradient.array,
        outGradient.at(batch, query, column),
        headWidth);
  }

  /**
   * Turns one row of scores into probabilities and one row of probability gradients into score
   * gradients. The parts of a block are methods of their own, because the compiler stops inlining
   * in a large one and then allocates vectors.
   */
  private void scoreGradients(
      float[] probabilities, float[] slopes, int at, int count, float logarithm, float mean) {
    FloatVector factor = FloatVector.broadcast(SPECIES, scale);
    FloatVector denominator = FloatVector.broadcast(SPECIES, -logarithm);
    FloatVector centre = FloatVector.broadcast(SPECIES, mean);
    int whole = SPECIES.loopBound(count);
    for (int j = at; j < at + whole; j += LANES) {
      FloatVector score = FloatVector.fromArray(SPECIES, probabilities, j);
      FloatVector p = FloatLanes.expOfNegative(score.fma(factor, denominator));
      p.intoArray(probabilities, j);
      FloatVector slope = FloatVector.fromArray(SPECIES, slopes, j);
      slope.sub(centre).mul(p).mul(factor).intoArray(slopes, j);
    }
    if (whole < count) {
      lastScoreGradients(probabilities, slopes, at + whole, count - whole, scale, -logarithm, mean);
    }
  }

  private static void lastScoreGradients(
      float[] probabilities,
      float[] slopes,
      int at,
      int count,
      float scale,
      float shift,
      float mean) {
    FloatVector factor = FloatVector.broadcast(SPECIES, scale);
    VectorMask<Float> mask = SPECIES.indexInRange(0, count);
    FloatVector score = FloatVector.fromArray(SPECIES, probabilities, at, mask);
    FloatVector p =
        FloatLanes.expOfNegative(score.fma(factor, FloatVector.broadcast(SPECIES, shift)));
    p.intoArray(probabilities, at, mask);
    FloatVector slope = FloatVector.fromArray(SPECIES, slopes, at, mask);
    slope.sub(FloatVector.broadcast(SPECIES, mean)).mul(p).mul(factor).intoArray(slopes, at, mask);
  }

  private void dropRows(Scratch scratch, int item, int i0, int rows, float[] values) {
    if (hasDropout()) {
      for (int i = 0; i < rows; i++) {
        drop(scratch, item, i0 + i, values, i * paddedKeys, visible(i0 + i));
      }
    }
  }
}
