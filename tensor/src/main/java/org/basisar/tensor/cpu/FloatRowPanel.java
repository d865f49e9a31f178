package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Turns eight rows of sixteen elements into a panel of {@code [16, 8]}, for machines with vectors
 * of sixteen lanes: by butterflies at the distances 8 and 4, and a last permutation that brings two
 * depths of eight rows into one vector.
 */
final class FloatRowPanel {
  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;

  /** Whether this machine's vectors and tile are those that this is written for. */
  static final boolean SUPPORTED = FloatLanes.LANES == 16 && FloatTile.ROWS == 8;

  private static final VectorShuffle<Float> SWAP_4 =
      VectorShuffle.fromOp(SPECIES, lane -> lane ^ 4);
  private static final VectorShuffle<Float> SWAP_8 =
      VectorShuffle.fromOp(SPECIES, lane -> (lane ^ 8) % SPECIES.length());
  private static final VectorMask<Float> ODD_1 = odd(1);
  private static final VectorMask<Float> ODD_4 = odd(4);
  private static final VectorMask<Float> ODD_8 = odd(8);

  /**
   * Lane d·8 + r of the result is lane 2·(r & ~1) + d of the operand: two depths, rows in order.
   */
  private static final VectorShuffle<Float> FIRST = depths(0);

  /** The same for the two depths that follow. */
  private static final VectorShuffle<Float> SECOND = depths(2);

  private FloatRowPanel() {}

  private static VectorMask<Float> odd(int distance) {
    long bits = 0;
    for (int lane = 0; lane < SPECIES.length(); lane++) {
      bits |= (lane & distance) == 0 ? 0 : 1L << lane;
    }
    return VectorMask.fromLong(SPECIES, bits);
  }

  private static VectorShuffle<Float> depths(int first) {
    return VectorShuffle.fromOp(
        SPECIES, lane -> (2 * (lane & 6) + first + (lane >> 3)) % SPECIES.length());
  }

  /** to[8 p + r] = from[r, p] for eight rows r and sixteen depths p. */
  static void block(float[] from, int from0, int ldFrom, float[] to, int to0) {
    half(from, from0, ldFrom, to, to0);
    half(from, from0 + ldFrom, ldFrom, to, to0 + 16);
    // Rows of even number are in the first vector of each pair, those of odd number in the second.
    for (int pair = to0; pair < to0 + 128; pair += 32) {
      FloatVector even = FloatVector.fromArray(SPECIES, to, pair);
      FloatVector odd = FloatVector.fromArray(SPECIES, to, pair + 16);
      even.rearrange(FIRST).blend(odd.rearrange(FIRST), ODD_1).intoArray(to, pair);
      even.rearrange(SECOND).blend(odd.rearrange(SECOND), ODD_1).intoArray(to, pair + 16);
    }
  }

  /** Every other row: four depths of four rows in one vector, row-major. */
  private static void half(float[] from, int from0, int ldFrom, float[] to, int to0) {
    FloatVector a = FloatVector.fromArray(SPECIES, from, from0);
    FloatVector b = FloatVector.fromArray(SPECIES, from, from0 + 2 * ldFrom);
    FloatVector c = FloatVector.fromArray(SPECIES, from, from0 + 4 * ldFrom);
    FloatVector d = FloatVector.fromArray(SPECIES, from, from0 + 6 * ldFrom);
    FloatVector ac = a.blend(c.rearrange(SWAP_8), ODD_8);
    FloatVector ca = a.rearrange(SWAP_8).blend(c, ODD_8);
    FloatVector bd = b.blend(d.rearrange(SWAP_8), ODD_8);
    FloatVector db = b.rearrange(SWAP_8).blend(d, ODD_8);
    ac.blend(bd.rearrange(SWAP_4), ODD_4).intoArray(to, to0);
    ac.rearrange(SWAP_4).blend(bd, ODD_4).intoArray(to, to0 + 32);
    ca.blend(db.rearrange(SWAP_4), ODD_4).intoArray(to, to0 + 64);
    ca.rearrange(SWAP_4).blend(db, ODD_4).intoArray(to, to0 + 96);
  }
}
