package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tile of eight rows and three vectors in which images whose channels do not fill vectors lie side
 * by side, as {@link SharedLayout} says: 4 images of 12 channels fill 3 vectors of 16. They are put
 * together as they are loaded and taken apart as they are stored. Copies before and after the
 * product would cost half as much as the product itself with 64 tokens; in the tile they are done
 * while the arithmetic of its neighbours goes on. Stores are not masked: a masked one takes three
 * times as long.
 *
 * <p>Each element is one chain of fused multiply-adds in rising depth from 0.
 */
final class SharedTile {
  static final int ROWS = 8;
  static final int VECTORS = 3;

  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /** Whether the machine has the 32 registers that the tile needs, as {@link FloatTile} guesses. */
  static final boolean SUPPORTED = FloatTile.ROWS == ROWS;

  private static final FloatVector LANE = FloatVector.zero(SPECIES).addIndex(1);

  /** Turns that bring a lane to the front. Made here, since one made in a loop goes to the heap. */
  private static final VectorShuffle<Float>[] TURNS = turns();

  private SharedTile() {}

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static VectorShuffle<Float>[] turns() {
    VectorShuffle<Float>[] turns = new VectorShuffle[LANES];
    for (int by = 0; by < LANES; by++) {
      turns[by] = VectorShuffle.iota(SPECIES, by, 1, true);
    }
    return turns;
  }

  /**
   * One tile.
   *
   * @param a A packed as {@code [depth, ROWS]} from {@code a0}
   * @param x0 position of the first image's first token
   * @param ldx distance between tokens of x
   * @param depth tokens of x
   * @param sources {@link SharedLayout#sources}
   * @param y0 position of the first image's first result
   * @param ldy distance between rows of y
   * @param pieces {@link SharedLayout#pieces}; lanes behind them are written over
   */
  static void packed(
      float[] a,
      int a0,
      float[] x,
      int x0,
      int ldx,
      int depth,
      int[] sources,
      float[] y,
      int y0,
      int ldy,
      int[] pieces) {
    final int first0 = x0 + sources[0];
    final int second0 = x0 + sources[1];
    final int first1 = x0 + sources[3];
    final int second1 = x0 + sources[4];
    final int first2 = x0 + sources[6];
    final int second2 = x0 + sources[7];
    final VectorMask<Float> from0 = LANE.compare(VectorOperators.GE, (float) sources[2]);
    final VectorMask<Float> from1 = LANE.compare(VectorOperators.GE, (float) sources[5]);
    final VectorMask<Float> from2 = LANE.compare(VectorOperators.GE, (float) sources[8]);
    final FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector s00 = zero;
    FloatVector s01 = zero;
    FloatVector s02 = zero;
    FloatVector s10 = zero;
    FloatVector s11 = zero;
    FloatVector s12 = zero;
    FloatVector s20 = zero;
    FloatVector s21 = zero;
    FloatVector s22 = zero;
    FloatVector s30 = zero;
    FloatVector s31 = zero;
    FloatVector s32 = zero;
    FloatVector s40 = zero;
    FloatVector s41 = zero;
    FloatVector s42 = zero;
    FloatVector s50 = zero;
    FloatVector s51 = zero;
    FloatVector s52 = zero;
    FloatVector s60 = zero;
    FloatVector s61 = zero;
    FloatVector s62 = zero;
    FloatVector s70 = zero;
    FloatVector s71 = zero;
    FloatVector s72 = zero;
    for (int p = 0; p < depth; p++) {
      int token = p * ldx;
      FloatVector b0 = FloatVector.fromArray(SPECIES, x, first0 + token);
      FloatVector b1 = FloatVector.fromArray(SPECIES, x, first1 + token);
      FloatVector b2 = FloatVector.fromArray(SPECIES, x, first2 + token);
      b0 = b0.blend(FloatVector.fromArray(SPECIES, x, second0 + token), from0);
      b1 = b1.blend(FloatVector.fromArray(SPECIES, x, second1 + token), from1);
      b2 = b2.blend(FloatVector.fromArray(SPECIES, x, second2 + token), from2);
      FloatVector v;
      v = FloatVector.broadcast(SPECIES, a[a0 + p * ROWS]);
      s00 = v.fma(b0, s00);
      s01 = v.fma(b1, s01);
      s02 = v.fma(b2, s02);
      v = FloatVector.broadcast(SPECIES, a[a0 + p * ROWS + 1]);
      s10 = v.fma(b0, s10);
      s11 = v.fma(b1, s11);
      s12 = v.fma(b2, s12);
      v = FloatVector.broadcast(SPECIES, a[a0 + p * ROWS + 2]);
      s20 = v.fma(b0, s20);
      s21 = v.fma(b1, s21);
      s22 = v.fma(b2, s22);
      v = FloatVector.broadcast(SPECIES, a[a0 + p * ROWS + 3]);
      s30 = v.fma(b0, s30);
      s31 = v.fma(b1, s31);
      s32 = v.fma(b2, s32);
      v = FloatVector.broadcast(SPECIES, a[a0 + p * ROWS + 4]);
      s40 = v.fma(b0, s40);
      s41 = v.fma(b1, s41);
      s42 = v.fma(b2, s42);
      v = FloatVector.broadcast(SPECIES, a[a0 + p * ROWS + 5]);
      s50 = v.fma(b0, s50);
      s51 = v.fma(b1, s51);
      s52 = v.fma(b2, s52);
      v = FloatVector.broadcast(SPECIES, a[a0 + p * ROWS + 6]);
      s60 = v.fma(b0, s60);
      s61 = v.fma(b1, s61);
      s62 = v.fma(b2, s62);
      v = FloatVector.broadcast(SPECIES, a[a0 + p * ROWS + 7]);
      s70 = v.fma(b0, s70);
      s71 = v.fma(b1, s71);
      s72 = v.fma(b2, s72);
    }
    int i = VECTORS;
    for (int end = pieces[2]; i < end; i += 2) {
      int to = y0 + pieces[i + 1];
      VectorShuffle<Float> turn = TURNS[pieces[i]];
      s02.rearrange(turn).intoArray(y, to);
      s12.rearrange(turn).intoArray(y, to + ldy);
      s22.rearrange(turn).intoArray(y, to + 2 * ldy);
      s32.rearrange(turn).intoArray(y, to + 3 * ldy);
      s42.rearrange(turn).intoArray(y, to + 4 * ldy);
      s52.rearrange(turn).intoArray(y, to + 5 * ldy);
      s62.rearrange(turn).intoArray(y, to + 6 * ldy);
      s72.rearrange(turn).intoArray(y, to + 7 * ldy);
    }
    for (int end = pieces[1]; i < end; i += 2) {
      int to = y0 + pieces[i + 1];
      VectorShuffle<Float> turn = TURNS[pieces[i]];
      VectorMask<Float> next = LANE.compare(VectorOperators.LT, (float) pieces[i]);
      s01.blend(s02, next).rearrange(turn).intoArray(y, to);
      s11.blend(s12, next).rearrange(turn).intoArray(y, to + ldy);
      s21.blend(s22, next).rearrange(turn).intoArray(y, to + 2 * ldy);
      s31.blend(s32, next).rearrange(turn).intoArray(y, to + 3 * ldy);
      s41.blend(s42, next).rearrange(turn).intoArray(y, to + 4 * ldy);
      s51.blend(s52, next).rearrange(turn).intoArray(y, to + 5 * ldy);
      s61.blend(s62, next).rearrange(turn).intoArray(y, to + 6 * ldy);
      s71.blend(s72, next).rearrange(turn).intoArray(y, to + 7 * ldy);
    }
    for (int end = pieces[0]; i < end; i += 2) {
      int to = y0 + pieces[i + 1];
      VectorShuffle<Float> turn = TURNS[pieces[i]];
      VectorMask<Float> next = LANE.compare(VectorOperators.LT, (float) pieces[i]);
      s00.blend(s01, next).rearrange(turn).intoArray(y, to);
      s10.blend(s11, next).rearrange(turn).intoArray(y, to + ldy);
      s20.blend(s21, next).rearrange(turn).intoArray(y, to + 2 * ldy);
      s30.blend(s31, next).rearrange(turn).intoArray(y, to + 3 * ldy);
      s40.blend(s41, next).rearrange(turn).intoArray(y, to + 4 * ldy);
      s50.blend(s51, next).rearrange(turn).intoArray(y, to + 5 * ldy);
      s60.blend(s61, next).rearrange(turn).intoArray(y, to + 6 * ldy);
      s70.blend(s71, next).rearrange(turn).intoArray(y, to + 7 * ldy);
    }
  }
}
