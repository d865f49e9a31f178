package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * RMSNorm and LayerNorm of one fp32 row of n elements, forward and backward.
 *
 * <p>Gradients of weights, scales and shifts are added to their arrays; whoever splits the rows
 * over threads gives each thread its own rows of these arrays and keeps the order. The statistics
 * are computed anew in the backward pass. Outputs may be one of the inputs of equal length at the
 * same offset.
 */
final class RowNorms {
  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;
  private static final int LANES = FloatLanes.LANES;

  private RowNorms() {}

  /** rsqrt(mean of x squared + epsilon). */
  static float inverseRms(float[] x, int xo, int n, float epsilon) {
    return (float) (1 / Math.sqrt(dot(x, xo, x, xo, n) / n + epsilon));
  }

  /** Sum of products. */
  static float dot(float[] x, int xo, float[] y, int yo, int n) {
    FloatVector sum = FloatVector.zero(SPECIES);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      sum =
          FloatVector.fromArray(SPECIES, x, xo + i)
              .fma(FloatVector.fromArray(SPECIES, y, yo + i), sum);
    }
    float[] lanes = Scratch.ofThread().lanes;
    sum.intoArray(lanes, 0);
    float total = FloatLanes.sum(lanes);
    for (; i < n; i++) {
      total = Math.fma(x[xo + i], y[yo + i], total);
    }
    return total;
  }

  /** Sum of all elements. */
  static float sum(float[] x, int xo, int n) {
    FloatVector sum = FloatVector.zero(SPECIES);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      sum = sum.add(FloatVector.fromArray(SPECIES, x, xo + i));
    }
    float[] lanes = Scratch.ofThread().lanes;
    sum.intoArray(lanes, 0);
    float total = FloatLanes.sum(lanes);
    for (; i < n; i++) {
      total += x[xo + i];
    }
    return total;
  }

  /** y = x rsqrt(mean x^2 + epsilon) weight; no weight if it is null. */
  static void rmsNorm(
      float[] x,
      int xo,
      float @Nullable [] weight,
      int wo,
      float[] y,
      int yo,
      int n,
      float epsilon) {
    float inverse = inverseRms(x, xo, n, epsilon);
    if (weight == null) {
      RowArithmetic.scale(x, xo, inverse, y, yo, n);
    } else {
      weigh(x, xo, inverse, weight, wo, y, yo, n);
    }
  }

  /** y = x factor weight. */
  private static void weigh(
      float[] x, int xo, float factor, float[] weight, int wo, float[] y, int yo, int n) {
    FloatVector scale = FloatVector.broadcast(SPECIES, factor);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector.fromArray(SPECIES, x, xo + i)
          .mul(scale)
          .mul(FloatVector.fromArray(SPECIES, weight, wo + i))
          .intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = x[xo + i] * factor * weight[wo + i];
    }
  }

  /** dx, and dweight += if there is a weight; weight and dweight are given both or neither. */
  static void rmsNormBackward(
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
      int n,
      float epsilon) {
    float inverse = inverseRms(x, xo, n, epsilon);
    if (weight != null && dweight != null) {
      float along = weightedSums(x, xo, inverse, weight, wo, dy, dyo, dweight, dwo, n) / n;
      weightedInput(x, xo, inverse, -along * inverse, weight, wo, dy, dyo, dx, dxo, n);
    } else {
      float along = dot(x, xo, dy, dyo, n) * inverse / n;
      plainInput(x, xo, inverse, -along * inverse, dy, dyo, dx, dxo, n);
    }
  }

  // Each pass is a method of its own, with and without weights, and ends with scalars instead of a
  // masked vector: a vector that comes out of an if is an object to the compiler, and where a
  // method outgrows it, every vector is.

  /** dweight +=; returns the sum of the normal x times its gradient. */
  private static float weightedSums(
      float[] x,
      int xo,
      float inverse,
      float[] weight,
      int wo,
      float[] dy,
      int dyo,
      float[] dweight,
      int dwo,
      int n) {
    FloatVector factor = FloatVector.broadcast(SPECIES, inverse);
    FloatVector sum = FloatVector.zero(SPECIES);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector normal = FloatVector.fromArray(SPECIES, x, xo + i).mul(factor);
      FloatVector direction = FloatVector.fromArray(SPECIES, dy, dyo + i);
      direction
          .fma(normal, FloatVector.fromArray(SPECIES, dweight, dwo + i))
          .intoArray(dweight, dwo + i);
      sum = direction.mul(FloatVector.fromArray(SPECIES, weight, wo + i)).fma(normal, sum);
    }
    float[] lanes = Scratch.ofThread().lanes;
    sum.intoArray(lanes, 0);
    float along = FloatLanes.sum(lanes);
    for (; i < n; i++) {
      float normal = x[xo + i] * inverse;
      float direction = dy[dyo + i];
      dweight[dwo + i] = Math.fma(direction, normal, dweight[dwo + i]);
      along = Math.fma(direction * weight[wo + i], normal, along);
    }
    return along;
  }

  /** dx = (dy weight + x back) inverse. */
  private static void weightedInput(
      float[] x,
      int xo,
      float inverse,
      float back,
      float[] weight,
      int wo,
      float[] dy,
      int dyo,
      float[] dx,
      int dxo,
      int n) {
    FloatVector factor = FloatVector.broadcast(SPECIES, inverse);
    FloatVector share = FloatVector.broadcast(SPECIES, back);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector direction =
          FloatVector.fromArray(SPECIES, dy, dyo + i)
              .mul(FloatVector.fromArray(SPECIES, weight, wo + i));
      FloatVector.fromArray(SPECIES, x, xo + i)
          .fma(share, direction)
          .mul(factor)
          .intoArray(dx, dxo + i);
    }
    for (; i < n; i++) {
      dx[dxo + i] = Math.fma(x[xo + i], back, dy[dyo + i] * weight[wo + i]) * inverse;
    }
  }

  /** dx = (dy + x back) inverse. */
  private static void plainInput(
      float[] x,
      int xo,
      float inverse,
      float back,
      float[] dy,
      int dyo,
      float[] dx,
      int dxo,
      int n) {
    FloatVector factor = FloatVector.broadcast(SPECIES, inverse);
    FloatVector share = FloatVector.broadcast(SPECIES, back);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector.fromArray(SPECIES, x, xo + i)
          .fma(share, FloatVector.fromArray(SPECIES, dy, dyo + i))
          .mul(factor)
          .intoArray(dx, dxo + i);
    }
    for (; i < n; i++) {
      dx[dxo + i] = Math.fma(x[xo + i], back, dy[dyo + i]) * inverse;
    }
  }

  /** y = x rsqrt(mean x^2 + epsilon) (1 + scale) + shift. */
  static void modulate(
      float[] x,
      int xo,
      float[] scale,
      int so,
      float[] shift,
      int to,
      float[] y,
      int yo,
      int n,
      float epsilon) {
    float inverse = inverseRms(x, xo, n, epsilon);
    modulateNormal(x, xo, inverse, scale, so, shift, to, y, yo, n);
  }

  private static void modulateNormal(
      float[] x,
      int xo,
      float inverse,
      float[] scale,
      int so,
      float[] shift,
      int to,
      float[] y,
      int yo,
      int n) {
    FloatVector factor = FloatVector.broadcast(SPECIES, inverse);
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector slope = FloatVector.fromArray(SPECIES, scale, so + i).add(one);
      FloatVector.fromArray(SPECIES, x, xo + i)
          .mul(factor)
          .fma(slope, FloatVector.fromArray(SPECIES, shift, to + i))
          .intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = Math.fma(x[xo + i] * inverse, scale[so + i] + 1, shift[to + i]);
    }
  }

  /**
   * dx, dscale += and dshift += for the {@link #inverseRms} of the row. That is found by the
   * caller, and the rest in two methods, because the compilers stop at the size of all three: one
   * gives up and leaves the row interpreted, the other allocates vectors.
   */
  static void modulateBackward(
      float[] x,
      int xo,
      float[] scale,
      int so,
      float[] dy,
      int dyo,
      float[] dx,
      int dxo,
      float[] dscale,
      int dso,
      float[] dshift,
      int dto,
      int n,
      float inverse) {
    float sum = modulateSums(x, xo, inverse, scale, so, dy, dyo, dscale, dso, dshift, dto, n);
    modulateInput(x, xo, inverse, sum / n, scale, so, dy, dyo, dx, dxo, n);
  }

  /** dscale += and dshift +=; returns the sum of the normal x times its gradient. */
  private static float modulateSums(
      float[] x,
      int xo,
      float inverse,
      float[] scale,
      int so,
      float[] dy,
      int dyo,
      float[] dscale,
      int dso,
      float[] dshift,
      int dto,
      int n) {
    FloatVector sum = FloatVector.zero(SPECIES);
    FloatVector factor = FloatVector.broadcast(SPECIES, inverse);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector gradient = FloatVector.fromArray(SPECIES, dy, dyo + i);
      FloatVector product = gradient.mul(FloatVector.fromArray(SPECIES, x, xo + i));
      product
          .fma(factor, FloatVector.fromArray(SPECIES, dscale, dso + i))
          .intoArray(dscale, dso + i);
      gradient.add(FloatVector.fromArray(SPECIES, dshift, dto + i)).intoArray(dshift, dto + i);
      sum = sum.add(product.fma(FloatVector.fromArray(SPECIES, scale, so + i), product));
    }
    float[] lanes = Scratch.ofThread().lanes;
    sum.intoArray(lanes, 0);
    float total = FloatLanes.sum(lanes);
    for (; i < n; i++) {
      float gradient = dy[dyo + i];
      float product = gradient * x[xo + i];
      dscale[dso + i] = Math.fma(product, inverse, dscale[dso + i]);
      dshift[dto + i] += gradient;
      total += Math.fma(product, scale[so + i], product);
    }
    return total * inverse;
  }

  private static void modulateInput(
      float[] x,
      int xo,
      float inverse,
      float along,
      float[] scale,
      int so,
      float[] dy,
      int dyo,
      float[] dx,
      int dxo,
      int n) {
    float back = -along * inverse * inverse;
    FloatVector factor = FloatVector.broadcast(SPECIES, inverse);
    FloatVector share = FloatVector.broadcast(SPECIES, back);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector gradient = FloatVector.fromArray(SPECIES, dy, dyo + i);
      FloatVector direction = gradient.fma(FloatVector.fromArray(SPECIES, scale, so + i), gradient);
      FloatVector.fromArray(SPECIES, x, xo + i)
          .fma(share, direction.mul(factor))
          .intoArray(dx, dxo + i);
    }
    for (; i < n; i++) {
      float gradient = dy[dyo + i];
      float direction = Math.fma(gradient, scale[so + i], gradient);
      dx[dxo + i] = Math.fma(x[xo + i], back, direction * inverse);
    }
  }

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
    float mean = sum(x, xo, n) / n;
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
    float mean = sum(x, xo, n) / n;
    float inverse = inverseDeviation(x, xo, n, mean, epsilon);
    if (weight != null && dweight != null && dbias != null) {
      float average = dot(dy, dyo, weight, wo, n) / n;
      float along =
          layerSums(x, xo, mean, inverse, weight, wo, dy, dyo, dweight, dwo, dbias, dbo, n) / n;
      layerInput(x, xo, mean, inverse, average, along, weight, wo, dy, dyo, dx, dxo, n);
    } else {
      float average = sum(dy, dyo, n) / n;
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
