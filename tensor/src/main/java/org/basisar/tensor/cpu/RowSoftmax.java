package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** Softmax of one fp32 row, whole and in the parts that attention uses. */
final class RowSoftmax {
  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;
  private static final int LANES = FloatLanes.LANES;

  private RowSoftmax() {}

  /** y = softmax(x); y may be x. */
  static void forward(float[] x, int xo, float[] y, int yo, int n) {
    if (n == 0) {
      return;
    }
    float sum = exponentials(x, xo, y, yo, n, 1, max(x, xo, n));
    scale(y, yo, y, yo, n, 1 / sum);
  }

  /** dx = y (dy - sum of y dy); dx may be dy. */
  static void backward(float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, int n) {
    float along = RowNorms.dot(y, yo, dy, dyo, n);
    for (int i = 0; i < n; i += LANES) {
      VectorMask<Float> mask = SPECIES.indexInRange(i, n);
      FloatVector.fromArray(SPECIES, dy, dyo + i, mask)
          .sub(along)
          .mul(FloatVector.fromArray(SPECIES, y, yo + i, mask))
          .intoArray(dx, dxo + i, mask);
    }
  }

  /** Largest element; minus infinity of nothing. */
  static float max(float[] x, int xo, int n) {
    FloatVector largest = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      largest = FloatLanes.larger(largest, FloatVector.fromArray(SPECIES, x, xo + i));
    }
    float max = FloatLanes.max(largest);
    for (int i = whole; i < n; i++) {
      max = x[xo + i] > max ? x[xo + i] : max;
    }
    return max;
  }

  /** y = exp(scale (x - shift)) for shift at least x; returns the sum. */
  static float exponentials(float[] x, int xo, float[] y, int yo, int n, float scale, float shift) {
    FloatVector sum = FloatVector.zero(SPECIES);
    FloatVector offset = FloatVector.broadcast(SPECIES, shift);
    FloatVector factor = FloatVector.broadcast(SPECIES, scale);
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector e =
          FloatLanes.expOfNegative(
              FloatVector.fromArray(SPECIES, x, xo + i).sub(offset).mul(factor));
      e.intoArray(y, yo + i);
      sum = sum.add(e);
    }
    if (whole < n) {
      VectorMask<Float> mask = SPECIES.indexInRange(whole, n);
      FloatVector e =
          FloatLanes.expOfNegative(
              FloatVector.fromArray(SPECIES, x, xo + whole, mask).sub(offset).mul(factor));
      e.intoArray(y, yo + whole, mask);
      sum = sum.add(e, mask);
    }
    return FloatLanes.sum(sum);
  }

  /** y = factor x. */
  static void scale(float[] x, int xo, float[] y, int yo, int n, float factor) {
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector.fromArray(SPECIES, x, xo + i).mul(factor).intoArray(y, yo + i);
    }
    if (whole < n) {
      VectorMask<Float> mask = SPECIES.indexInRange(whole, n);
      FloatVector.fromArray(SPECIES, x, xo + whole, mask)
          .mul(factor)
          .intoArray(y, yo + whole, mask);
    }
  }
}
