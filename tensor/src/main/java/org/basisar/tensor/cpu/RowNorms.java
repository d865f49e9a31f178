package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
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
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      sum = load(x, xo + i).fma(load(y, yo + i), sum);
    }
    if (whole < n) {
      VectorMask<Float> mask = SPECIES.indexInRange(whole, n);
      sum = load(x, xo + whole, mask).fma(load(y, yo + whole, mask), sum);
    }
    return FloatLanes.sum(sum);
  }

  /** Sum of all elements. */
  static float sum(float[] x, int xo, int n) {
    FloatVector sum = FloatVector.zero(SPECIES);
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      sum = sum.add(load(x, xo + i));
    }
    if (whole < n) {
      sum = sum.add(load(x, xo + whole, SPECIES.indexInRange(whole, n)));
    }
    return FloatLanes.sum(sum);
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
    for (int i = 0; i < n; i += LANES) {
      VectorMask<Float> mask = SPECIES.indexInRange(i, n);
      FloatVector normal = load(x, xo + i, mask).mul(inverse);
      if (weight != null) {
        normal = normal.mul(load(weight, wo + i, mask));
      }
      normal.intoArray(y, yo + i, mask);
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
      weightedBackward(x, xo, weight, wo, dy, dyo, dx, dxo, dweight, dwo, n, inverse);
    } else {
      plainBackward(x, xo, dy, dyo, dx, dxo, n, inverse);
    }
  }

  // Weighted and plain are methods of their own: a vector that comes out of an if is an object to
  // the compiler, and would be allocated for every step of the loop.

  private static void weightedBackward(
      float[] x,
      int xo,
      float[] weight,
      int wo,
      float[] dy,
      int dyo,
      float[] dx,
      int dxo,
      float[] dweight,
      int dwo,
      int n,
      float inverse) {
    int whole = SPECIES.loopBound(n);
    FloatVector factor = FloatVector.broadcast(SPECIES, inverse);
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector normal = load(x, xo + i).mul(factor);
      FloatVector direction = load(dy, dyo + i);
      direction.fma(normal, load(dweight, dwo + i)).intoArray(dweight, dwo + i);
      sum = direction.mul(load(weight, wo + i)).fma(normal, sum);
    }
    float along = FloatLanes.sum(sum);
    // The tail is scalar: with masks the method outgrows what the compiler keeps in registers.
    for (int i = whole; i < n; i++) {
      float normal = x[xo + i] * inverse;
      float direction = dy[dyo + i];
      dweight[dwo + i] = Math.fma(direction, normal, dweight[dwo + i]);
      along = Math.fma(direction * weight[wo + i], normal, along);
    }
    along /= n;
    FloatVector back = FloatVector.broadcast(SPECIES, -along * inverse);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector direction = load(dy, dyo + i).mul(load(weight, wo + i));
      load(x, xo + i).fma(back, direction).mul(factor).intoArray(dx, dxo + i);
    }
    for (int i = whole; i < n; i++) {
      float direction = dy[dyo + i] * weight[wo + i];
      dx[dxo + i] = Math.fma(x[xo + i], -along * inverse, direction) * inverse;
    }
  }

  private static void plainBackward(
      float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo, int n, float inverse) {
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LANES) {
      VectorMask<Float> mask = SPECIES.indexInRange(i, n);
      FloatVector normal = load(x, xo + i, mask).mul(inverse);
      sum = load(dy, dyo + i, mask).fma(normal, sum);
    }
    FloatVector factor = FloatVector.broadcast(SPECIES, inverse);
    FloatVector along = FloatVector.broadcast(SPECIES, FloatLanes.sum(sum) / n);
    for (int i = 0; i < n; i += LANES) {
      VectorMask<Float> mask = SPECIES.indexInRange(i, n);
      FloatVector direction = load(dy, dyo + i, mask);
      through(load(x, xo + i, mask), direction, factor, along).intoArray(dx, dxo + i, mask);
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
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      load(x, xo + i)
          .mul(inverse)
          .fma(load(scale, so + i).add(1f), load(shift, to + i))
          .intoArray(y, yo + i);
    }
    if (whole < n) {
      VectorMask<Float> mask = SPECIES.indexInRange(whole, n);
      load(x, xo + whole, mask)
          .mul(inverse)
          .fma(load(scale, so + whole, mask).add(1f), load(shift, to + whole, mask))
          .intoArray(y, yo + whole, mask);
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
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector gradient = load(dy, dyo + i);
      FloatVector product = gradient.mul(load(x, xo + i));
      product.fma(factor, load(dscale, dso + i)).intoArray(dscale, dso + i);
      gradient.add(load(dshift, dto + i)).intoArray(dshift, dto + i);
      sum = sum.add(product.fma(load(scale, so + i), product));
    }
    if (whole < n) {
      VectorMask<Float> mask = SPECIES.indexInRange(whole, n);
      FloatVector gradient = load(dy, dyo + whole, mask);
      FloatVector product = gradient.mul(load(x, xo + whole, mask));
      product.fma(factor, load(dscale, dso + whole, mask)).intoArray(dscale, dso + whole, mask);
      gradient.add(load(dshift, dto + whole, mask)).intoArray(dshift, dto + whole, mask);
      sum = sum.add(product.fma(load(scale, so + whole, mask), product));
    }
    return FloatLanes.sum(sum) * inverse;
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
    FloatVector factor = FloatVector.broadcast(SPECIES, inverse);
    FloatVector share = FloatVector.broadcast(SPECIES, -along * inverse * inverse);
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector gradient = load(dy, dyo + i);
      FloatVector direction = gradient.fma(load(scale, so + i), gradient);
      load(x, xo + i).fma(share, direction.mul(factor)).intoArray(dx, dxo + i);
    }
    if (whole < n) {
      VectorMask<Float> mask = SPECIES.indexInRange(whole, n);
      FloatVector gradient = load(dy, dyo + whole, mask);
      FloatVector direction = gradient.fma(load(scale, so + whole, mask), gradient);
      load(x, xo + whole, mask).fma(share, direction.mul(factor)).intoArray(dx, dxo + whole, mask);
    }
  }

  /** Gradient of x inverse: inverse (direction - x inverse along). */
  private static FloatVector through(
      FloatVector x, FloatVector direction, FloatVector inverse, FloatVector along) {
    return direction.sub(x.mul(inverse).mul(along)).mul(inverse);
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
    for (int i = 0; i < n; i += LANES) {
      VectorMask<Float> mask = SPECIES.indexInRange(i, n);
      FloatVector normal = load(x, xo + i, mask).sub(mean).mul(inverse);
      if (weight != null && bias != null) {
        normal = normal.fma(load(weight, wo + i, mask), load(bias, bo + i, mask));
      }
      normal.intoArray(y, yo + i, mask);
    }
  }

  private static float inverseDeviation(float[] x, int xo, int n, float mean, float epsilon) {
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LANES) {
      VectorMask<Float> mask = SPECIES.indexInRange(i, n);
      FloatVector centred = load(x, xo + i, mask).sub(mean, mask);
      sum = centred.fma(centred, sum);
    }
    return (float) (1 / Math.sqrt(FloatLanes.sum(sum) / n + epsilon));
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
    FloatVector sum = FloatVector.zero(SPECIES);
    FloatVector products = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LANES) {
      VectorMask<Float> mask = SPECIES.indexInRange(i, n);
      FloatVector normal = load(x, xo + i, mask).sub(mean).mul(inverse);
      FloatVector direction = load(dy, dyo + i, mask);
      if (dweight != null && dbias != null) {
        direction.fma(normal, load(dweight, dwo + i, mask)).intoArray(dweight, dwo + i, mask);
        direction.add(load(dbias, dbo + i, mask)).intoArray(dbias, dbo + i, mask);
      }
      if (weight != null) {
        direction = direction.mul(load(weight, wo + i, mask));
      }
      // The direction is zero outside the mask, so both sums are over the row alone.
      sum = sum.add(direction);
      products = direction.fma(normal, products);
    }
    float average = FloatLanes.sum(sum) / n;
    float along = FloatLanes.sum(products) / n;
    for (int i = 0; i < n; i += LANES) {
      VectorMask<Float> mask = SPECIES.indexInRange(i, n);
      FloatVector normal = load(x, xo + i, mask).sub(mean).mul(inverse);
      FloatVector direction = load(dy, dyo + i, mask);
      if (weight != null) {
        direction = direction.mul(load(weight, wo + i, mask));
      }
      direction.sub(average).sub(normal.mul(along)).mul(inverse).intoArray(dx, dxo + i, mask);
    }
  }

  private static FloatVector load(float[] array, int offset) {
    return FloatVector.fromArray(SPECIES, array, offset);
  }

  private static FloatVector load(float[] array, int offset, VectorMask<Float> mask) {
    return FloatVector.fromArray(SPECIES, array, offset, mask);
  }
}
