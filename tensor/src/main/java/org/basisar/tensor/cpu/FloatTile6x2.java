package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tile of six rows and two vectors, for the sixteen 256-bit registers. Arguments as in {@link
 * FloatTile}.
 */
final class FloatTile6x2 {
  static final int ROWS = 6;

  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int COLUMNS = 2 * LANES;

  private FloatTile6x2() {}

  static void direct(
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int depth,
      float[] start,
      int start0,
      int ldStart,
      float[] c,
      int c0,
      int ldc) {
    final int a1 = a0 + lda;
    final int a2 = a1 + lda;
    final int a3 = a2 + lda;
    final int a4 = a3 + lda;
    final int a5 = a4 + lda;
    FloatVector s00 = FloatVector.fromArray(SPECIES, start, start0);
    FloatVector s01 = FloatVector.fromArray(SPECIES, start, start0 + LANES);
    FloatVector s10 = FloatVector.fromArray(SPECIES, start, start0 + ldStart);
    FloatVector s11 = FloatVector.fromArray(SPECIES, start, start0 + ldStart + LANES);
    FloatVector s20 = FloatVector.fromArray(SPECIES, start, start0 + 2 * ldStart);
    FloatVector s21 = FloatVector.fromArray(SPECIES, start, start0 + 2 * ldStart + LANES);
    FloatVector s30 = FloatVector.fromArray(SPECIES, start, start0 + 3 * ldStart);
    FloatVector s31 = FloatVector.fromArray(SPECIES, start, start0 + 3 * ldStart + LANES);
    FloatVector s40 = FloatVector.fromArray(SPECIES, start, start0 + 4 * ldStart);
    FloatVector s41 = FloatVector.fromArray(SPECIES, start, start0 + 4 * ldStart + LANES);
    FloatVector s50 = FloatVector.fromArray(SPECIES, start, start0 + 5 * ldStart);
    FloatVector s51 = FloatVector.fromArray(SPECIES, start, start0 + 5 * ldStart + LANES);
    for (int p = 0; p < depth; p++) {
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, b0 + p * COLUMNS);
      FloatVector b2 = FloatVector.fromArray(SPECIES, b, b0 + p * COLUMNS + LANES);
      FloatVector v;
      v = FloatVector.broadcast(SPECIES, a[a0 + p]);
      s00 = v.fma(b1, s00);
      s01 = v.fma(b2, s01);
      v = FloatVector.broadcast(SPECIES, a[a1 + p]);
      s10 = v.fma(b1, s10);
      s11 = v.fma(b2, s11);
      v = FloatVector.broadcast(SPECIES, a[a2 + p]);
      s20 = v.fma(b1, s20);
      s21 = v.fma(b2, s21);
      v = FloatVector.broadcast(SPECIES, a[a3 + p]);
      s30 = v.fma(b1, s30);
      s31 = v.fma(b2, s31);
      v = FloatVector.broadcast(SPECIES, a[a4 + p]);
      s40 = v.fma(b1, s40);
      s41 = v.fma(b2, s41);
      v = FloatVector.broadcast(SPECIES, a[a5 + p]);
      s50 = v.fma(b1, s50);
      s51 = v.fma(b2, s51);
    }
    s00.intoArray(c, c0);
    s01.intoArray(c, c0 + LANES);
    s10.intoArray(c, c0 + ldc);
    s11.intoArray(c, c0 + ldc + LANES);
    s20.intoArray(c, c0 + 2 * ldc);
    s21.intoArray(c, c0 + 2 * ldc + LANES);
    s30.intoArray(c, c0 + 3 * ldc);
    s31.intoArray(c, c0 + 3 * ldc + LANES);
    s40.intoArray(c, c0 + 4 * ldc);
    s41.intoArray(c, c0 + 4 * ldc + LANES);
    s50.intoArray(c, c0 + 5 * ldc);
    s51.intoArray(c, c0 + 5 * ldc + LANES);
  }

  static void transposed(
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int depth,
      float[] start,
      int start0,
      int ldStart,
      float[] c,
      int c0,
      int ldc) {
    FloatVector s00 = FloatVector.fromArray(SPECIES, start, start0);
    FloatVector s01 = FloatVector.fromArray(SPECIES, start, start0 + LANES);
    FloatVector s10 = FloatVector.fromArray(SPECIES, start, start0 + ldStart);
    FloatVector s11 = FloatVector.fromArray(SPECIES, start, start0 + ldStart + LANES);
    FloatVector s20 = FloatVector.fromArray(SPECIES, start, start0 + 2 * ldStart);
    FloatVector s21 = FloatVector.fromArray(SPECIES, start, start0 + 2 * ldStart + LANES);
    FloatVector s30 = FloatVector.fromArray(SPECIES, start, start0 + 3 * ldStart);
    FloatVector s31 = FloatVector.fromArray(SPECIES, start, start0 + 3 * ldStart + LANES);
    FloatVector s40 = FloatVector.fromArray(SPECIES, start, start0 + 4 * ldStart);
    FloatVector s41 = FloatVector.fromArray(SPECIES, start, start0 + 4 * ldStart + LANES);
    FloatVector s50 = FloatVector.fromArray(SPECIES, start, start0 + 5 * ldStart);
    FloatVector s51 = FloatVector.fromArray(SPECIES, start, start0 + 5 * ldStart + LANES);
    for (int p = 0; p < depth; p++) {
      int at = a0 + p * lda;
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, b0 + p * COLUMNS);
      FloatVector b2 = FloatVector.fromArray(SPECIES, b, b0 + p * COLUMNS + LANES);
      FloatVector v;
      v = FloatVector.broadcast(SPECIES, a[at]);
      s00 = v.fma(b1, s00);
      s01 = v.fma(b2, s01);
      v = FloatVector.broadcast(SPECIES, a[at + 1]);
      s10 = v.fma(b1, s10);
      s11 = v.fma(b2, s11);
      v = FloatVector.broadcast(SPECIES, a[at + 2]);
      s20 = v.fma(b1, s20);
      s21 = v.fma(b2, s21);
      v = FloatVector.broadcast(SPECIES, a[at + 3]);
      s30 = v.fma(b1, s30);
      s31 = v.fma(b2, s31);
      v = FloatVector.broadcast(SPECIES, a[at + 4]);
      s40 = v.fma(b1, s40);
      s41 = v.fma(b2, s41);
      v = FloatVector.broadcast(SPECIES, a[at + 5]);
      s50 = v.fma(b1, s50);
      s51 = v.fma(b2, s51);
    }
    s00.intoArray(c, c0);
    s01.intoArray(c, c0 + LANES);
    s10.intoArray(c, c0 + ldc);
    s11.intoArray(c, c0 + ldc + LANES);
    s20.intoArray(c, c0 + 2 * ldc);
    s21.intoArray(c, c0 + 2 * ldc + LANES);
    s30.intoArray(c, c0 + 3 * ldc);
    s31.intoArray(c, c0 + 3 * ldc + LANES);
    s40.intoArray(c, c0 + 4 * ldc);
    s41.intoArray(c, c0 + 4 * ldc + LANES);
    s50.intoArray(c, c0 + 5 * ldc);
    s51.intoArray(c, c0 + 5 * ldc + LANES);
  }

  static void packed(
      float[] a,
      int a0,
      float[] b,
      int b0,
      int depth,
      float[] start,
      int start0,
      int ldStart,
      float[] c,
      int c0,
      int ldc) {
    FloatVector s00 = FloatVector.fromArray(SPECIES, start, start0);
    FloatVector s01 = FloatVector.fromArray(SPECIES, start, start0 + LANES);
    FloatVector s10 = FloatVector.fromArray(SPECIES, start, start0 + ldStart);
    FloatVector s11 = FloatVector.fromArray(SPECIES, start, start0 + ldStart + LANES);
    FloatVector s20 = FloatVector.fromArray(SPECIES, start, start0 + 2 * ldStart);
    FloatVector s21 = FloatVector.fromArray(SPECIES, start, start0 + 2 * ldStart + LANES);
    FloatVector s30 = FloatVector.fromArray(SPECIES, start, start0 + 3 * ldStart);
    FloatVector s31 = FloatVector.fromArray(SPECIES, start, start0 + 3 * ldStart + LANES);
    FloatVector s40 = FloatVector.fromArray(SPECIES, start, start0 + 4 * ldStart);
    FloatVector s41 = FloatVector.fromArray(SPECIES, start, start0 + 4 * ldStart + LANES);
    FloatVector s50 = FloatVector.fromArray(SPECIES, start, start0 + 5 * ldStart);
    FloatVector s51 = FloatVector.fromArray(SPECIES, start, start0 + 5 * ldStart + LANES);
    for (int p = 0; p < depth; p++) {
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, b0 + p * COLUMNS);
      FloatVector b2 = FloatVector.fromArray(SPECIES, b, b0 + p * COLUMNS + LANES);
      FloatVector v;
      v = FloatVector.broadcast(SPECIES, a[a0 + p * ROWS]);
      s00 = v.fma(b1, s00);
      s01 = v.fma(b2, s01);
      v = FloatVector.broadcast(SPECIES, a[a0 + p * ROWS + 1]);
      s10 = v.fma(b1, s10);
      s11 = v.fma(b2, s11);
      v = FloatVector.broadcast(SPECIES, a[a0 + p * ROWS + 2]);
      s20 = v.fma(b1, s20);
      s21 = v.fma(b2, s21);
      v = FloatVector.broadcast(SPECIES, a[a0 + p * ROWS + 3]);
      s30 = v.fma(b1, s30);
      s31 = v.fma(b2, s31);
      v = FloatVector.broadcast(SPECIES, a[a0 + p * ROWS + 4]);
      s40 = v.fma(b1, s40);
      s41 = v.fma(b2, s41);
      v = FloatVector.broadcast(SPECIES, a[a0 + p * ROWS + 5]);
      s50 = v.fma(b1, s50);
      s51 = v.fma(b2, s51);
    }
    s00.intoArray(c, c0);
    s01.intoArray(c, c0 + LANES);
    s10.intoArray(c, c0 + ldc);
    s11.intoArray(c, c0 + ldc + LANES);
    s20.intoArray(c, c0 + 2 * ldc);
    s21.intoArray(c, c0 + 2 * ldc + LANES);
    s30.intoArray(c, c0 + 3 * ldc);
    s31.intoArray(c, c0 + 3 * ldc + LANES);
    s40.intoArray(c, c0 + 4 * ldc);
    s41.intoArray(c, c0 + 4 * ldc + LANES);
    s50.intoArray(c, c0 + 5 * ldc);
    s51.intoArray(c, c0 + 5 * ldc + LANES);
  }
}
