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
      int i = 0;
      for (; i <= headWidth - LANES; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, from + i);
        FloatVector s = FloatVector.fromArray(SPECIES, sine, so + i);
        FloatVector c = FloatVector.fromArray(SPECIES, cosine, co + i);
        v.rearrange(SWAP).fma(s.blend(s.neg(), EVEN), v.mul(c)).intoArray(y, to + i);
      }
      for (; i < headWidth; i += 2) {
        float a = x[from + i];
        float b = x[from + i + 1];
        y[to + i] = Math.fma(b, -sine[so + i], a * cosine[co + i]);
        y[to + i + 1] = Math.fma(a, sine[so + i + 1], b * cosine[co + i + 1]);
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
      int i = 0;
      for (; i <= headWidth - LANES; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, dy, from + i);
        FloatVector s = FloatVector.fromArray(SPECIES, sine, so + i);
        FloatVector c = FloatVector.fromArray(SPECIES, cosine, co + i);
        FloatVector crossed = v.mul(s.blend(s.neg(), EVEN)).rearrange(SWAP);
        v.mul(c).add(crossed).intoArray(dx, to + i);
      }
      for (; i < headWidth; i += 2) {
        float a = dy[from + i];
        float b = dy[from + i + 1];
        dx[to + i] = a * cosine[co + i] + b * sine[so + i + 1];
        dx[to + i + 1] = b * cosine[co + i + 1] + a * -sine[so + i];
      }
    }
  }
}
