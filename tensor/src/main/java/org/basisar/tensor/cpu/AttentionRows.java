package org.basisar.tensor.cpu;

/**
 * One operand of attention: rows of all heads, {@code [batch, tokens, heads * headWidth]} with any
 * strides.
 */
final class AttentionRows {
  float[] array = {};
  int rowStride;

  private int offset;
  private int batchStride;

  /**
   * Sets the operand.
   *
   * @param values where it lies
   * @param start position of the first element
   * @param rowDistance distance between tokens
   * @param batchDistance distance between batch members
   */
  void set(float[] values, int start, int rowDistance, int batchDistance) {
    array = values;
    offset = start;
    rowStride = rowDistance;
    batchStride = batchDistance;
  }

  /** Sets the same operand as another. */
  void set(AttentionRows other) {
    set(other.array, other.offset, other.rowStride, other.batchStride);
  }

  /** Position of a head's first element in a row. */
  int at(int batch, int token, int column) {
    return offset + batch * batchStride + token * rowStride + column;
  }

  /** Brings all heads of a batch member into the caches, in the order of memory. */
  void bringNear(Scratch scratch, int batch, int tokens, int width) {
    GemmBlocks.bringNear(scratch, array, at(batch, 0, 0), rowStride, tokens, width);
  }

  /** Packs a head's slice of successive tokens as the right operand of a product. */
  void pack(int batch, int token, int column, int tokens, int width, float[] to) {
    int from = at(batch, token, column);
    FloatPacking.columns(array, from, rowStride, width, tokens, to, 0, 0, tokens);
  }

  /** The same transposed: the columns are tokens. */
  void packTransposed(int batch, int token, int column, int tokens, int width, float[] to) {
    int from = at(batch, token, column);
    FloatPacking.columnsTransposed(array, from, rowStride, tokens, width, to, 0, 0, width);
  }
}
