package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tile of six rows and two vectors, for registers that come in 16 (256 bits). Arguments as in
 * {@link TokenTile}.
 */
final class TokenTile6x2 {
  static final int ROWS = 6;

  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  private TokenTile6x2() {}

  static void direct(
      float[] a,
      int a0,
      int lda,
      float[] x,
      int x0,
      int x1,
      int ldx,
      int depth,
      float[] y,
      int y0,
      int y1,
      int ldy) {
    final int a1 = a0 + lda;
    final int a2 = a1 + lda;
    final int a3 = a2 + lda;
    final int a4 = a3 + lda;
    final int a5 = a4 + lda;
    final FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector s00 = zero;
    FloatVector s01 = zero;
    FloatVector s10 = zero;
    FloatVector s11 = zero;
    FloatVector s20 = zero;
    FloatVector s21 = zero;
    FloatVector s30 = zero;
    FloatVector s31 = zero;
    FloatVector s40 = zero;
    FloatVector s41 = zero;
    FloatVector s50 = zero;
    FloatVector s51 = zero;
    for (int p = 0; p < depth; p++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, x, x0 + p * ldx);
      FloatVector b1 = FloatVector.fromArray(SPECIES, x, x1 + p * ldx);
      FloatVector v;
      v = FloatVector.broadcast(SPECIES, a[a0 + p]);
      s00 = v.fma(b0, s00);
      s01 = v.fma(b1, s01);
      v = FloatVector.broadcast(SPECIES, a[a1 + p]);
      s10 = v.fma(b0, s10);
      s11 = v.fma(b1, s11);
      v = FloatVector.broadcast(SPECIES, a[a2 + p]);
      s20 = v.fma(b0, s20);
      s21 = v.fma(b1, s21);
      v = FloatVector.broadcast(SPECIES, a[a3 + p]);
      s30 = v.fma(b0, s30);
      s31 = v.fma(b1, s31);
      v = FloatVector.broadcast(SPECIES, a[a4 + p]);
      s40 = v.fma(b0, s40);
      s41 = v.fma(b1, s41);
      v = FloatVector.broadcast(SPECIES, a[a5 + p]);
      s50 = v.fma(b0, s50);
      s51 = v.fma(b1, s51);
    }
    s00.intoArray(y, y0);
    s01.intoArray(y, y1);
    s10.intoArray(y, y0 + ldy);
    s11.intoArray(y, y1 + ldy);
    s20.intoArray(y, y0 + 2 * ldy);
    s21.intoArray(y, y1 + 2 * ldy);
    s30.intoArray(y, y0 + 3 * ldy);
    s31.intoArray(y, y1 + 3 * ldy);
    s40.intoArray(y, y0 + 4 * ldy);
    s41.intoArray(y, y1 + 4 * ldy);
    s50.intoArray(y, y0 + 5 * ldy);
    s51.intoArray(y, y1 + 5 * ldy);
  }

  static void packed(
      float[] a,
      int a0,
      float[] x,
      int x0,
      int x1,
      int ldx,
      int depth,
      float[] y,
      int y0,
      int y1,
      int ldy) {
    final FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector s00 = zero;
    FloatVector s01 = zero;
    FloatVector s10 = zero;
    FloatVector s11 = zero;
    FloatVector s20 = zero;
    FloatVector s21 = zero;
    FloatVector s30 = zero;
    FloatVector s31 = zero;
    FloatVector s40 = zero;
    FloatVector s41 = zero;
    FloatVector s50 = zero;
    FloatVector s51 = zero;
    for (int p = 0; p < depth; p++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, x, x0 + p * ldx);
      FloatVector b1 = FloatVector.fromArray(SPECIES, x, x1 + p * ldx);
      FloatVector v;
      v = FloatVector.broadcast(SPECIES, a[a0 + p * ROWS]);
      s00 = v.fma(b0, s00);
      s01 = v.fma(b1, s01);
      v = FloatVector.broadcast(SPECIES, a[a0 + p * ROWS + 1]);
      s10 = v.fma(b0, s10);
      s11 = v.fma(b1, s11);
      v = FloatVector.broadcast(SPECIES, a[a0 + p * ROWS + 2]);
      s20 = v.fma(b0, s20);
      s21 = v.fma(b1, s21);
      v = FloatVector.broadcast(SPECIES, a[a0 + p * ROWS + 3]);
      s30 = v.fma(b0, s30);
      s31 = v.fma(b1, s31);
      v = FloatVector.broadcast(SPECIES, a[a0 + p * ROWS + 4]);
      s40 = v.fma(b0, s40);
      s41 = v.fma(b1, s41);
      v = FloatVector.broadcast(SPECIES, a[a0 + p * ROWS + 5]);
      s50 = v.fma(b0, s50);
      s51 = v.fma(b1, s51);
    }
    s00.intoArray(y, y0);
    s01.intoArray(y, y1);
    s10.intoArray(y, y0 + ldy);
    s11.intoArray(y, y1 + ldy);
    s20.intoArray(y, y0 + 2 * ldy);
    s21.intoArray(y, y1 + 2 * ldy);
    s30.intoArray(y, y0 + 3 * ldy);
    s31.intoArray(y, y1 + 3 * ldy);
    s40.intoArray(y, y0 + 4 * ldy);
    s41.intoArray(y, y1 + 4 * ldy);
    s50.intoArray(y, y0 + 5 * ldy);
    s51.intoArray(y, y1 + 5 * ldy);
  }
}
