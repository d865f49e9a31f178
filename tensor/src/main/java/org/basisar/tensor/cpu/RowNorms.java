package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * Sums and RMSNorm of one fp32 row of n elements, the latter forward and backward; {@link
 * RowLayerNorms} has LayerNorm.
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
}
