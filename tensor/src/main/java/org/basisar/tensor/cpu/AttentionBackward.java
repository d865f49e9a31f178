package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Gradients of {@link Attention} with respect to query, key and value. The probabilities are
 * computed anew from the stored logarithms of the denominators.
 */
final class AttentionBackward extends AttentionHead {
  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;
  private static final int LANES = FloatLanes.LANES;

  private static final int KEY = 7;
  private static final int TURNED = 8;
  private static final int PACKED = 9;
  private static final int PROBABILITIES = 10;
  private static final int SLOPES = 11;
  private static final int LOGARITHMS = 12;

  private final AttentionRows query = new AttentionRows();
  private final AttentionRows key = new AttentionRows();
  private final AttentionRows value = new AttentionRows();
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

  /** The same gradients, of which operands and results may then be set anew. */
  AttentionBackward(AttentionBackward other) {
    this(other.batches, other.heads, other.headWidth, other.queries, other.keys, other.cellTokens);
    query.set(other.query);
    key.set(other.key);
    value.set(other.value);
    logSum(other.logSum, other.logSumOffset);
    outGradient.set(other.outGradient);
    queryGradient.set(other.queryGradient);
    keyGradient.set(other.keyGradient);
    valueGradient.set(other.valueGradient);
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

  /** Lets the gradients of queries and keys be turned back in place; see {@link #setRotation}. */
  AttentionBackward rotation(float[] cosine, int cosineOffset, float[] sine, int sineOffset) {
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
        outGradient.bringNear(scratch, item / heads, queries, heads * headWidth);
      }
      head(scratch, item);
    }
  }

  private void head(Scratch scratch, int item) {
    int batch = item / heads;
    int column = item % heads * headWidth;
    float[] packedKey = scratch.floats(KEY, keys * paddedHead);
    key.pack(batch, 0, column, keys, headWidth, packedKey);
    for (int i0 = 0; i0 < queries; i0 = blockEnd(i0)) {
      block(scratch, item, i0, blockEnd(i0) - i0, packedKey);
    }
    rotate(queryGradient, batch, column, true);
    rotate(keyGradient, batch, column, true);
  }

  private void block(Scratch scratch, int item, int i0, int count, float[] packedKey) {
    int batch = item / heads;
    int column = item % heads * headWidth;
    float[] turned = scratch.floats(TURNED, headWidth * QUERY_BLOCK);
    float[] probabilities = scratch.floats(PROBABILITIES, paddedKeys * QUERY_BLOCK);
    float[] slopes = scratch.floats(SLOPES, paddedKeys * QUERY_BLOCK);
    query.packTransposed(batch, i0, column, count, headWidth, turned);
    scores(scratch, key, batch, column, turned, i0, count, probabilities);
    outGradient.packTransposed(batch, i0, column, count, headWidth, turned);
    scores(scratch, value, batch, column, turned, i0, count, slopes);
    float[] kept = hasDropout() ? kept(scratch, item, i0, count) : null;
    if (kept != null) {
      drop(slopes, kept, i0, count);
    }
    softmax(scratch, item, i0, count, probabilities, slopes);
    if (kept != null) {
      drop(probabilities, kept, i0, count);
    }
    ofQueries(scratch, slopes, packedKey, i0, count, queryGradient, batch, column);
    float[] packed = scratch.floats(PACKED, QUERY_BLOCK * paddedHead);
    query.pack(batch, i0, column, count, headWidth, packed);
    ofKeys(scratch, slopes, packed, i0, count, keyGradient, batch, column);
    outGradient.pack(batch, i0, column, count, headWidth, packed);
    ofKeys(scratch, probabilities, packed, i0, count, valueGradient, batch, column);
  }

  /**
   * Turns the scores of a block into probabilities, and the gradients of the probabilities into
   * gradients of the scores.
   */
  private void softmax(
      Scratch scratch, int item, int i0, int count, float[] probabilities, float[] slopes) {
    float[] logarithms = scratch.floats(LOGARITHMS, QUERY_BLOCK);
    System.arraycopy(logSum, logSumOffset + item * queries + i0, logarithms, 0, count);
    for (int i = 0; i < count; i += LANES) {
      int seen = hide(scratch, probabilities, i0, count, i);
      int end = i + seen * QUERY_BLOCK;
      gradients(probabilities, slopes, i, end, scale, logarithms, i);
      // The tiles of the keys' gradients have whole rows.
      int clear = Math.max(roundUp(seen, ROWS), reach(i0, count, i));
      clear(probabilities, i, seen, clear);
      clear(slopes, i, seen, clear);
    }
  }

  /** The same for as many queries as a vector has lanes. */
  private static void gradients(
      float[] probabilities,
      float[] slopes,
      int from,
      int end,
      float scale,
      float[] logarithms,
      int at) {
    FloatVector factor = FloatVector.broadcast(SPECIES, scale);
    FloatVector denominator = FloatVector.fromArray(SPECIES, logarithms, at).neg();
    FloatVector mean = FloatVector.zero(SPECIES);
    for (int j = from; j < end; j += QUERY_BLOCK) {
      FloatVector score = FloatVector.fromArray(SPECIES, probabilities, j);
      FloatVector p = FloatLanes.expOfNegative(score.fma(factor, denominator));
      p.intoArray(probabilities, j);
      mean = p.fma(FloatVector.fromArray(SPECIES, slopes, j), mean);
    }
    for (int j = from; j < end; j += QUERY_BLOCK) {
      FloatVector p = FloatVector.fromArray(SPECIES, probabilities, j).mul(factor);
      FloatVector.fromArray(SPECIES, slopes, j).sub(mean).mul(p).intoArray(slopes, j);
    }
  }
}
