package org.basisar.tensor.cpu;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tile of six rows and two vectors, for the sixteen 256-bit registers. A is packed {@code [depth,
 * ROWS]}, B {@code [depth, two vectors]}.
 */
final class DoubleTile6x2 {
  static final int ROWS = 6;

  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int COLUMNS = 2 * LANES;

  private DoubleTile6x2() {}

  static void packed(
      double[] a,
      int a0,
      double[] b,
      int b0,
      int depth,
      double[] c,
      int c0,
      int ldc,
      boolean accumulate) {
    DoubleVector s00;
    DoubleVector s01;
    DoubleVector s10;
    DoubleVector s11;
    DoubleVector s20;
    DoubleVector s21;
    DoubleVector s30;
    DoubleVector s31;
    DoubleVector s40;
    DoubleVector s41;
    DoubleVector s50;
    DoubleVector s51;
    if (accumulate) {
      s00 = DoubleVector.fromArray(SPECIES, c, c0);
      s01 = DoubleVector.fromArray(SPECIES, c, c0 + LANES);
      s10 = DoubleVector.fromArray(SPECIES, c, c0 + ldc);
      s11 = DoubleVector.fromArray(SPECIES, c, c0 + ldc + LANES);
      s20 = DoubleVector.fromArray(SPECIES, c, c0 + 2 * ldc);
      s21 = DoubleVector.fromArray(SPECIES, c, c0 + 2 * ldc + LANES);
      s30 = DoubleVector.fromArray(SPECIES, c, c0 + 3 * ldc);
      s31 = DoubleVector.fromArray(SPECIES, c, c0 + 3 * ldc + LANES);
      s40 = DoubleVector.fromArray(SPECIES, c, c0 + 4 * ldc);
      s41 = DoubleVector.fromArray(SPECIES, c, c0 + 4 * ldc + LANES);
      s50 = DoubleVector.fromArray(SPECIES, c, c0 + 5 * ldc);
      s51 = DoubleVector.fromArray(SPECIES, c, c0 + 5 * ldc + LANES);
    } else {
      DoubleVector zero = DoubleVector.zero(SPECIES);
      s00 = zero;
      s01 = zero;
      s10 = zero;
      s11 = zero;
      s20 = zero;
      s21 = zero;
      s30 = zero;
      s31 = zero;
      s40 = zero;
      s41 = zero;
      s50 = zero;
      s51 = zero;
    }
    for (int p = 0; p < depth; p++) {
      DoubleVector b1 = DoubleVector.fromArray(SPECIES, b, b0 + p * COLUMNS);
      DoubleVector b2 = DoubleVector.fromArray(SPECIES, b, b0 + p * COLUMNS + LANES);
      DoubleVector v;
      v = DoubleVector.broadcast(SPECIES, a[a0 + p * ROWS]);
      s00 = v.fma(b1, s00);
      s01 = v.fma(b2, s01);
      v = DoubleVector.broadcast(SPECIES, a[a0 + p * ROWS + 1]);
      s10 = v.fma(b1, s10);
      s11 = v.fma(b2, s11);
      v = DoubleVector.broadcast(SPECIES, a[a0 + p * ROWS + 2]);
      s20 = v.fma(b1, s20);
      s21 = v.fma(b2, s21);
      v = DoubleVector.broadcast(SPECIES, a[a0 + p * ROWS + 3]);
      s30 = v.fma(b1, s30);
      s31 = v.fma(b2, s31);
      v = DoubleVector.broadcast(SPECIES, a[a0 + p * ROWS + 4]);
      s40 = v.fma(b1, s40);
      s41 = v.fma(b2, s41);
      v = DoubleVector.broadcast(SPECIES, a[a0 + p * ROWS + 5]);
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
