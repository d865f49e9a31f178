package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Transposes a square block of as many rows as a vector has lanes, by butterflies: at distance d,
 * rows whose numbers differ by d exchange the lanes that are d apart.
 *
 * <p>The distances are taken two at a time, with the destination in between, because more would not
 * fit in what the compiler inlines.
 */
final class FloatTranspose {
  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;

  /** Rows and columns of a block. */
  static final int SIZE = FloatLanes.LANES;

  /** Whether vectors are of a length that the butterflies are written for. */
  static final boolean SUPPORTED = SIZE == 4 || SIZE == 8 || SIZE == 16;

  private static final VectorShuffle<Float> SWAP_1 = swap(1);
  private static final VectorShuffle<Float> SWAP_2 = swap(2);
  private static final VectorShuffle<Float> SWAP_4 = swap(4);
  private static final VectorShuffle<Float> SWAP_8 = swap(8);
  private static final VectorMask<Float> ODD_1 = odd(1);
  private static final VectorMask<Float> ODD_2 = odd(2);
  private static final VectorMask<Float> ODD_4 = odd(4);
  private static final VectorMask<Float> ODD_8 = odd(8);

  private FloatTranspose() {}

  private static VectorShuffle<Float> swap(int distance) {
    return VectorShuffle.fromOp(SPECIES, lane -> (lane ^ distance) % SIZE);
  }

  private static VectorMask<Float> odd(int distance) {
    long bits = 0;
    for (int lane = 0; lane < SIZE; lane++) {
      bits |= (lane & distance) == 0 ? 0 : 1L << lane;
    }
    return VectorMask.fromLong(SPECIES, bits);
  }

  /** to[j, i] = from[i, j] for a block of {@link #SIZE} rows and columns. */
  static void block(float[] from, int from0, int ldFrom, float[] to, int to0, int ldTo) {
    if (SIZE == 16) {
      for (int i = 0; i < 4; i++) {
        FloatVector a = FloatVector.fromArray(SPECIES, from, from0 + i * ldFrom);
        FloatVector b = FloatVector.fromArray(SPECIES, from, from0 + (i + 4) * ldFrom);
        FloatVector c = FloatVector.fromArray(SPECIES, from, from0 + (i + 8) * ldFrom);
        FloatVector d = FloatVector.fromArray(SPECIES, from, from0 + (i + 12) * ldFrom);
        FloatVector ac = a.blend(c.rearrange(SWAP_8), ODD_8);
        FloatVector ca = a.rearrange(SWAP_8).blend(c, ODD_8);
        FloatVector bd = b.blend(d.rearrange(SWAP_8), ODD_8);
        FloatVector db = b.rearrange(SWAP_8).blend(d, ODD_8);
        ac.blend(bd.rearrange(SWAP_4), ODD_4).intoArray(to, to0 + i * ldTo);
        ac.rearrange(SWAP_4).blend(bd, ODD_4).intoArray(to, to0 + (i + 4) * ldTo);
        ca.blend(db.rearrange(SWAP_4), ODD_4).intoArray(to, to0 + (i + 8) * ldTo);
        ca.rearrange(SWAP_4).blend(db, ODD_4).intoArray(to, to0 + (i + 12) * ldTo);
      }
    } else if (SIZE == 8) {
      for (int i = 0; i < 4; i++) {
        FloatVector a = FloatVector.fromArray(SPECIES, from, from0 + i * ldFrom);
        FloatVector b = FloatVector.fromArray(SPECIES, from, from0 + (i + 4) * ldFrom);
        a.blend(b.rearrange(SWAP_4), ODD_4).intoArray(to, to0 + i * ldTo);
        a.rearrange(SWAP_4).blend(b, ODD_4).intoArray(to, to0 + (i + 4) * ldTo);
      }
    } else {
      for (int i = 0; i < SIZE; i++) {
        FloatVector.fromArray(SPECIES, from, from0 + i * ldFrom).intoArray(to, to0 + i * ldTo);
      }
    }
    for (int i = 0; i < SIZE; i += 4) {
      int row0 = to0 + i * ldTo;
      int row1 = row0 + ldTo;
      int row2 = row1 + ldTo;
      int row3 = row2 + ldTo;
      FloatVector a = FloatVector.fromArray(SPECIES, to, row0);
      FloatVector b = FloatVector.fromArray(SPECIES, to, row1);
      FloatVector c = FloatVector.fromArray(SPECIES, to, row2);
      FloatVector d = FloatVector.fromArray(SPECIES, to, row3);
      FloatVector ac = a.blend(c.rearrange(SWAP_2), ODD_2);
      FloatVector ca = a.rearrange(SWAP_2).blend(c, ODD_2);
      FloatVector bd = b.blend(d.rearrange(SWAP_2), ODD_2);
      FloatVector db = b.rearrange(SWAP_2).blend(d, ODD_2);
      ac.blend(bd.rearrange(SWAP_1), ODD_1).intoArray(to, row0);
      ac.rearrange(SWAP_1).blend(bd, ODD_1).intoArray(to, row1);
      ca.blend(db.rearrange(SWAP_1), ODD_1).intoArray(to, row2);
      ca.rearrange(SWAP_1).blend(db, ODD_1).intoArray(to, row3);
    }
  }
}
