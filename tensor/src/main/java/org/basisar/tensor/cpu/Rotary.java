package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Rotary positions of one fp32 row: each pair of neighbours (a, b) becomes (a cos - b sin, b cos +
 * a sin), with the tables' own entry for each of the two.
 */
final class Rotary {
  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;
  private static final int LANES = FloatLanes.LANES;
  private static final VectorShuffle<Float> SWAP = VectorShuffle.fromOp(SPECIES, lane -> lane ^ 1);
  private static final VectorMask<Float> EVEN = VectorMask.fromLong(SPECIES, 0x5555555555555555L);

  private Rotary() {}

  /**
   * Rotates all heads of a row.
   *
   * @param cosine one row of the table, headWidth elements from {@code co}
   * @param sine the same for the sine
   * @param headWidth even
   */
  static void forward(
      float[] x,
      int xo,
      float[] cosine,
      int co,
      float[] sine,
      int so,
      float[] y,
      int yo,
      int heads,
      int headWidth) {
    for (int head = 0; head < heads; head++) {
      int from = xo + head * headWidth;
      int to = yo + head * headWidth;
      for (int i = 0; i < headWidth; i += LANES) {
        VectorMask<Float> mask = SPECIES.indexInRange(i, headWidth);
        FloatVector v = FloatVector.fromArray(SPECIES, x, from + i, mask);
        FloatVector s = FloatVector.fromArray(SPECIES, sine, so + i, mask);
        FloatVector c = FloatVector.fromArray(SPECIES, cosine, co + i, mask);
        s = s.blend(s.neg(), EVEN);
        v.rearrange(SWAP).fma(s, v.mul(c)).intoArray(y, to + i, mask);
      }
    }
  }

  /** The transposed map of {@link #forward}, which takes its gradient back. */
  static void backward(
      float[] dy,
      int dyo,
      float[] cosine,
      int co,
      float[] sine,
      int so,
      float[] dx,
      int dxo,
      int heads,
      int headWidth) {
    for (int head = 0; head < heads; head++) {
      int from = dyo + head * headWidth;
      int to = dxo + head * headWidth;
      for (int i = 0; i < headWidth; i += LANES) {
        VectorMask<Float> mask = SPECIES.indexInRange(i, headWidth);
        FloatVector v = FloatVector.fromArray(SPECIES, dy, from + i, mask);
        FloatVector s = FloatVector.fromArray(SPECIES, sine, so + i, mask);
        FloatVector c = FloatVector.fromArray(SPECIES, cosine, co + i, mask);
        FloatVector crossed = v.mul(s.blend(s.neg(), EVEN)).rearrange(SWAP);
        v.mul(c).add(crossed).intoArray(dx, to + i, mask);
      }
    }
  }
}
