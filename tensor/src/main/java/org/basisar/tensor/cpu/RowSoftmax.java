package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** Softmax of one fp32 row, and its largest element. */
final class RowSoftmax {
  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;
  private static final int LANES = FloatLanes.LANES;

  private RowSoftmax() {}

  /** y = softmax(x); y may be x. */
  static void forward(float[] x, int xo, float[] y, int yo, int n) {
    if (n == 0) {
      return;
    }
    float sum = exponentials(x, xo, y, yo, n, max(x, xo, n));
    RowArithmetic.scale(y, yo, 1 / sum, y, yo, n);
  }

  /** dx = y (dy - sum of y dy); dx may be dy. */
  static void backward(float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, int n) {
    float along = RowNorms.dot(y, yo, dy, dyo, n);
    FloatVector mean = FloatVector.broadcast(SPECIES, along);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector.fromArray(SPECIES, dy, dyo + i)
          .sub(mean)
          .mul(FloatVector.fromArray(SPECIES, y, yo + i))
          .intoArray(dx, dxo + i);
    }
    for (; i < n; i++) {
      dx[dxo + i] = (dy[dyo + i] - along) * y[yo + i];
    }
  }

  /** Largest element; minus infinity of nothing. */
  static float max(float[] x, int xo, int n) {
    FloatVector largest = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i);
      largest = largest.blend(v, largest.lt(v));
    }
    float[] lanes = Scratch.ofThread().lanes;
    largest.intoArray(lanes, 0);
    float max = lanes[0];
    for (int lane = 1; lane < LANES; lane++) {
      max = lanes[lane] > max ? lanes[lane] : max;
    }
    for (int i = whole; i < n; i++) {
      max = x[xo + i] > max ? x[xo + i] : max;
    }
    return max;
  }

  /** y = exp(x - shift) for shift at least x; returns the sum. */
  private static float exponentials(float[] x, int xo, float[] y, int yo, int n, float shift) {
    FloatVector sum = FloatVector.zero(SPECIES);
    FloatVector offset = FloatVector.broadcast(SPECIES, shift);
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector e =
          FloatLanes.expOfNegative(FloatVector.fromArray(SPECIES, x, xo + i).sub(offset));
      e.intoArray(y, yo + i);
      sum = sum.add(e);
    }
    float[] lanes = Scratch.ofThread().lanes;
    sum.intoArray(lanes, 0);
    float total = FloatLanes.sum(lanes);
    if (whole < n) {
      total += exponentialsEnd(x, xo + whole, y, yo + whole, n - whole, shift);
    }
    return total;
  }

  private static float exponentialsEnd(float[] x, int xo, float[] y, int yo, int n, float shift) {
    VectorMask<Float> mask = SPECIES.indexInRange(0, n);
    FloatVector e =
        FloatLanes.expOfNegative(
            FloatVector.fromArray(SPECIES, x, xo, mask).sub(FloatVector.broadcast(SPECIES, shift)));
    e.intoArray(y, yo, mask);
    float[] lanes = Scratch.ofThread().lanes;
    e.blend(FloatVector.zero(SPECIES), mask.not()).intoArray(lanes, 0);
    return FloatLanes.sum(lanes);
  }
}
