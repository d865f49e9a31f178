package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * LayerNorm of one fp32 row of n elements, forward and backward, on the terms of {@link RowNorms}.
 */
final class RowLayerNorms {
  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;
  private static final int LANES = FloatLanes.LANES;

  private RowLayerNorms() {}

  /** y = (x - mean) rsqrt(variance + epsilon) weight + bias; neither if weight is null. */
  static void layerNorm(
      float[] x,
      int xo,
      float @Nullable [] weight,
      int wo,
      float @Nullable [] bias,
      int bo,
      float[] y,
      int yo,
      int n,
      float epsilon) {
    float mean = RowNorms.sum(x, xo, n) / n;
    float inverse = inverseDeviation(x, xo, n, mean, epsilon);
    centre(x, xo, mean, inverse, y, yo, n);
    if (weight != null && bias != null) {
      weighAndShift(weight, wo, bias, bo, y, yo, n);
    }
  }

  /** y = (x - mean) factor. */
  private static void centre(
      float[] x, int xo, float mean, float factor, float[] y, int yo, int n) {
    FloatVector middle = FloatVector.broadcast(SPECIES, mean);
    FloatVector scale = FloatVector.broadcast(SPECIES, factor);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector.fromArray(SPECIES, x, xo + i).sub(middle).mul(scale).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = (x[xo + i] - mean) * factor;
    }
  }

  /** y = y weight + bias, rounded once. */
  private static void weighAndShift(
      float[] weight, int wo, float[] bias, int bo, float[] y, int yo, int n) {
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector.fromArray(SPECIES, y, yo + i)
          .fma(
              FloatVector.fromArray(SPECIES, weight, wo + i),
              FloatVector.fromArray(SPECIES, bias, bo + i))
          .intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = Math.fma(y[yo + i], weight[wo + i], bias[bo + i]);
    }
  }

  private static float inverseDeviation(float[] x, int xo, int n, float mean, float epsilon) {
    FloatVector middle = FloatVector.broadcast(SPECIES, mean);
    FloatVector sum = FloatVector.zero(SPECIES);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector centred = FloatVector.fromArray(SPECIES, x, xo + i).sub(middle);
      sum = centred.fma(centred, sum);
    }
    float[] lanes = Scratch.ofThread().lanes;
    sum.intoArray(lanes, 0);
    float total = FloatLanes.sum(lanes);
    for (; i < n; i++) {
      float centred = x[xo + i] - mean;
      total = Math.fma(centred, centred, total);
    }
    return (float) (1 / Math.sqrt(total / n + epsilon));
  }

  /** dx, and dweight += and dbias += if there is a weight. */
  static void layerNormBackward(
      float[] x,
      int xo,
      float @Nullable [] weight,
      int wo,
      float[] dy,
      int dyo,
      float[] dx,
      int dxo,
      float @Nullable [] dweight,
      int dwo,
      float @Nullable [] dbias,
      int dbo,
      int n,
      float epsilon) {
    float mean = RowNorms.sum(x, xo, n) / n;
    float inverse = inverseDeviation(x, xo, n, mean, epsilon);
    if (weight != null && dweight != null && dbias != null) {
      float average = RowNorms.dot(dy, dyo, weight, wo, n) / n;
      float along =
          layerSums(x, xo, mean, inverse, weight, wo, dy, dyo, dweight, dwo, dbias, dbo, n) / n;
      layerInput(x, xo, mean, inverse, average, along, weight, wo, dy, dyo, dx, dxo, n);
    } else {
      float average = RowNorms.sum(dy, dyo, n) / n;
      float along = centredDot(x, xo, mean, dy, dyo, n) * inverse / n;
      plainLayerInput(x, xo, mean, inverse, average, along, dy, dyo, dx, dxo, n);
    }
  }

  /** dweight += and dbias +=; returns the sum of the normal x times its gradient. */
  private static float layerSums(
      float[] x,
      int xo,
      float mean,
      float inverse,
      float[] weight,
      int wo,
      float[] dy,
      int dyo,
      float[] dweight,
      int dwo,
      float[] dbias,
      int dbo,
      int n) {
    FloatVector middle = FloatVector.broadcast(SPECIES, mean);
    FloatVector factor = FloatVector.broadcast(SPECIES, inverse);
    FloatVector sum = FloatVector.zero(SPECIES);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector normal = FloatVector.fromArray(SPECIES, x, xo + i).sub(middle).mul(factor);
      FloatVector direction = FloatVector.fromArray(SPECIES, dy, dyo + i);
      direction
          .fma(normal, FloatVector.fromArray(SPECIES, dweight, dwo + i))
          .intoArray(dweight, dwo + i);
      direction.add(FloatVector.fromArray(SPECIES, dbias, dbo + i)).intoArray(dbias, dbo + i);
      sum = direction.mul(FloatVector.fromArray(SPECIES, weight, wo + i)).fma(normal, sum);
    }
    float[] lanes = Scratch.ofThread().lanes;
    sum.intoArray(lanes, 0);
    float along = FloatLanes.sum(lanes);
    for (; i < n; i++) {
      float normal = (x[xo + i] - mean) * inverse;
      float direction = dy[dyo + i];
      dweight[dwo + i] = Math.fma(direction, normal, dweight[dwo + i]);
      dbias[dbo + i] += direction;
      along = Math.fma(direction * weight[wo + i], normal, along);
    }
    return along;
  }

  /** dx = (dy weight - average - (x - mean) inverse along) inverse. */
  private static void layerInput(
      float[] x,
      int xo,
      float mean,
      float inverse,
      float average,
      float along,
      float[] weight,
      int wo,
      float[] dy,
      int dyo,
      float[] dx,
      int dxo,
      int n) {
    float back = -along * inverse;
    FloatVector middle = FloatVector.broadcast(SPECIES, mean);
    FloatVector share = FloatVector.broadcast(SPECIES, back);
    FloatVector offset = FloatVector.broadcast(SPECIES, -average);
    FloatVector factor = FloatVector.broadcast(SPECIES, inverse);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector direction =
          FloatVector.fromArray(SPECIES, dy, dyo + i)
              .fma(FloatVector.fromArray(SPECIES, weight, wo + i), offset);
      FloatVector.fromArray(SPECIES, x, xo + i)
          .sub(middle)
          .fma(share, direction)
          .mul(factor)
          .intoArray(dx, dxo + i);
    }
    for (; i < n; i++) {
      float direction = Math.fma(dy[dyo + i], weight[wo + i], -average);
      dx[dxo + i] = Math.fma(x[xo + i] - mean, back, direction) * inverse;
    }
  }

  /** Sum of (x - mean) y. */
  private static float centredDot(float[] x, int xo, float mean, float[] y, int yo, int n) {
    FloatVector middle = FloatVector.broadcast(SPECIES, mean);
    FloatVector sum = FloatVector.zero(SPECIES);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      sum =
          FloatVector.fromArray(SPECIES, x, xo + i)
              .sub(middle)
              .fma(FloatVector.fromArray(SPECIES, y, yo + i), sum);
    }
    float[] lanes = Scratch.ofThread().lanes;
    sum.intoArray(lanes, 0);
    float total = FloatLanes.sum(lanes);
    for (; i < n; i++) {
      total = Math.fma(x[xo + i] - mean, y[yo + i], total);
    }
    return total;
  }

  /** {@link #layerInput} with a weight of ones. */
  private static void plainLayerInput(
      float[] x,
      int xo,
      float mean,
      float inverse,
      float average,
      float along,
      float[] dy,
      int dyo,
      float[] dx,
      int dxo,
      int n) {
    float back = -along * inverse;
    FloatVector middle = FloatVector.broadcast(SPECIES, mean);
    FloatVector share = FloatVector.broadcast(SPECIES, back);
    FloatVector offset = FloatVector.broadcast(SPECIES, average);
    FloatVector factor = FloatVector.broadcast(SPECIES, inverse);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector direction = FloatVector.fromArray(SPECIES, dy, dyo + i).sub(offset);
      FloatVector.fromArray(SPECIES, x, xo + i)
          .sub(middle)
          .fma(share, direction)
          .mul(factor)
          .intoArray(dx, dxo + i);
    }
    for (; i < n; i++) {
      dx[dxo + i] = Math.fma(x[xo + i] - mean, back, dy[dyo + i] - average) * inverse;
    }
  }
}
