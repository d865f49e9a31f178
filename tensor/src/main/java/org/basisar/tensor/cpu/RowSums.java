package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums over n successive fp32 elements. Blocks of fixed length are added in fp32, the blocks in
 * fp64 and in order, so that the rounding error does not grow with n.
 */
final class RowSums {
  private static final int BLOCK = 1024;

  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;
  private static final int LANES = FloatLanes.LANES;

  private RowSums() {}

  /** Σ x. */
  static double sum(float[] x, int xo, int n) {
    double total = 0;
    for (int at = 0; at < n; at += BLOCK) {
      total += RowNorms.sum(x, xo + at, Math.min(BLOCK, n - at));
    }
    return total;
  }

  /** Σ x·y. */
  static double dot(float[] x, int xo, float[] y, int yo, int n) {
    double total = 0;
    for (int at = 0; at < n; at += BLOCK) {
      total += RowNorms.dot(x, xo + at, y, yo + at, Math.min(BLOCK, n - at));
    }
    return total;
  }

  /** log Σ exp x, with the maximum taken out first. */
  static double logSumExp(float[] x, int xo, int n) {
    float max = RowSoftmax.max(x, xo, n);
    if (Float.isInfinite(max)) {
      return max;
    }
    double total = 0;
    for (int at = 0; at < n; at += BLOCK) {
      total += exponentials(x, xo + at, max, Math.min(BLOCK, n - at));
    }
    return max + Math.log(total);
  }

  private static float exponentials(float[] x, int xo, float max, int n) {
    FloatVector sum = FloatVector.zero(SPECIES);
    FloatVector shift = FloatVector.broadcast(SPECIES, max);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      sum = sum.add(FloatLanes.exp(FloatVector.fromArray(SPECIES, x, xo + i).sub(shift)));
    }
    float[] lanes = Scratch.ofThread().lanes;
    sum.intoArray(lanes, 0);
    float total = FloatLanes.sum(lanes);
    return i < n ? total + exponentialsEnd(x, xo + i, max, n - i) : total;
  }

  private static float exponentialsEnd(float[] x, int xo, float max, int n) {
    VectorMask<Float> mask = SPECIES.indexInRange(0, n);
    FloatVector shift = FloatVector.broadcast(SPECIES, max);
    FloatVector e = FloatLanes.exp(FloatVector.fromArray(SPECIES, x, xo, mask).sub(shift));
    float[] lanes = Scratch.ofThread().lanes;
    e.blend(FloatVector.zero(SPECIES), mask.not()).intoArray(lanes, 0);
    return FloatLanes.sum(lanes);
  }
}
