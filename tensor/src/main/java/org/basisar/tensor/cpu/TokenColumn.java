package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles of a single vector of every token, for one image alone, with A where it lies. {@link
 * TokenTile} would compute the vector twice to fill its two.
 *
 * <p>Each element is one chain of fused multiply-adds in rising depth from 0.
 */
final class TokenColumn {
  /** Rows of A by rows: more would leave the processor short of registers for addresses. */
  static final int ROWS = 8;

  /** Rows of a transposed A: they need one address, and should use up the cache lines of A. */
  static final int ROWS_TRANSPOSED = 16;

  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  private TokenColumn() {}

  /**
   * One tile of {@link #ROWS} rows.
   *
   * @param a0 position of A's first element of the tile
   * @param lda distance between rows of A
   * @param x0 position of the first token's vector
   * @param ldx distance between tokens of x
   * @param depth tokens of x
   * @param y0 position of the first result
   * @param ldy distance between rows of y
   */
  static void direct(
      float[] a,
      int a0,
      int lda,
      float[] x,
      int x0,
      int ldx,
      int depth,
      float[] y,
      int y0,
      int ldy) {
    final int a1 = a0 + lda;
    final int a2 = a1 + lda;
    final int a3 = a2 + lda;
    final int a4 = a3 + lda;
    final int a5 = a4 + lda;
    final int a6 = a5 + lda;
    final int a7 = a6 + lda;
    final FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector s0 = zero;
    FloatVector s1 = zero;
    FloatVector s2 = zero;
    FloatVector s3 = zero;
    FloatVector s4 = zero;
    FloatVector s5 = zero;
    FloatVector s6 = zero;
    FloatVector s7 = zero;
    for (int p = 0; p < depth; p++) {
      FloatVector b = FloatVector.fromArray(SPECIES, x, x0 + p * ldx);
      s0 = FloatVector.broadcast(SPECIES, a[a0 + p]).fma(b, s0);
      s1 = FloatVector.broadcast(SPECIES, a[a1 + p]).fma(b, s1);
      s2 = FloatVector.broadcast(SPECIES, a[a2 + p]).fma(b, s2);
      s3 = FloatVector.broadcast(SPECIES, a[a3 + p]).fma(b, s3);
      s4 = FloatVector.broadcast(SPECIES, a[a4 + p]).fma(b, s4);
      s5 = FloatVector.broadcast(SPECIES, a[a5 + p]).fma(b, s5);
      s6 = FloatVector.broadcast(SPECIES, a[a6 + p]).fma(b, s6);
      s7 = FloatVector.broadcast(SPECIES, a[a7 + p]).fma(b, s7);
    }
    s0.intoArray(y, y0);
    s1.intoArray(y, y0 + ldy);
    s2.intoArray(y, y0 + 2 * ldy);
    s3.intoArray(y, y0 + 3 * ldy);
    s4.intoArray(y, y0 + 4 * ldy);
    s5.intoArray(y, y0 + 5 * ldy);
    s6.intoArray(y, y0 + 6 * ldy);
    s7.intoArray(y, y0 + 7 * ldy);
  }

  /**
   * One tile of {@link #ROWS_TRANSPOSED} rows with A stored transposed, {@code [depth, rows]} with
   * {@code lda} between depths; the rest as in {@link #direct}.
   */
  static void transposed(
      float[] a,
      int a0,
      int lda,
      float[] x,
      int x0,
      int ldx,
      int depth,
      float[] y,
      int y0,
      int ldy) {
    final FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector s0 = zero;
    FloatVector s1 = zero;
    FloatVector s2 = zero;
    FloatVector s3 = zero;
    FloatVector s4 = zero;
    FloatVector s5 = zero;
    FloatVector s6 = zero;
    FloatVector s7 = zero;
    FloatVector s8 = zero;
    FloatVector s9 = zero;
    FloatVector s10 = zero;
    FloatVector s11 = zero;
    FloatVector s12 = zero;
    FloatVector s13 = zero;
    FloatVector s14 = zero;
    FloatVector s15 = zero;
    for (int p = 0; p < depth; p++) {
      FloatVector b = FloatVector.fromArray(SPECIES, x, x0 + p * ldx);
      int row = a0 + p * lda;
      s0 = FloatVector.broadcast(SPECIES, a[row]).fma(b, s0);
      s1 = FloatVector.broadcast(SPECIES, a[row + 1]).fma(b, s1);
      s2 = FloatVector.broadcast(SPECIES, a[row + 2]).fma(b, s2);
      s3 = FloatVector.broadcast(SPECIES, a[row + 3]).fma(b, s3);
      s4 = FloatVector.broadcast(SPECIES, a[row + 4]).fma(b, s4);
      s5 = FloatVector.broadcast(SPECIES, a[row + 5]).fma(b, s5);
      s6 = FloatVector.broadcast(SPECIES, a[row + 6]).fma(b, s6);
      s7 = FloatVector.broadcast(SPECIES, a[row + 7]).fma(b, s7);
      s8 = FloatVector.broadcast(SPECIES, a[row + 8]).fma(b, s8);
      s9 = FloatVector.broadcast(SPECIES, a[row + 9]).fma(b, s9);
      s10 = FloatVector.broadcast(SPECIES, a[row + 10]).fma(b, s10);
      s11 = FloatVector.broadcast(SPECIES, a[row + 11]).fma(b, s11);
      s12 = FloatVector.broadcast(SPECIES, a[row + 12]).fma(b, s12);
      s13 = FloatVector.broadcast(SPECIES, a[row + 13]).fma(b, s13);
      s14 = FloatVector.broadcast(SPECIES, a[row + 14]).fma(b, s14);
      s15 = FloatVector.broadcast(SPECIES, a[row + 15]).fma(b, s15);
    }
    s0.intoArray(y, y0);
    s1.intoArray(y, y0 + ldy);
    s2.intoArray(y, y0 + 2 * ldy);
    s3.intoArray(y, y0 + 3 * ldy);
    s4.intoArray(y, y0 + 4 * ldy);
    s5.intoArray(y, y0 + 5 * ldy);
    s6.intoArray(y, y0 + 6 * ldy);
    s7.intoArray(y, y0 + 7 * ldy);
    s8.intoArray(y, y0 + 8 * ldy);
    s9.intoArray(y, y0 + 9 * ldy);
    s10.intoArray(y, y0 + 10 * ldy);
    s11.intoArray(y, y0 + 11 * ldy);
    s12.intoArray(y, y0 + 12 * ldy);
    s13.intoArray(y, y0 + 13 * ldy);
    s14.intoArray(y, y0 + 14 * ldy);
    s15.intoArray(y, y0 + 15 * ldy);
  }
}
