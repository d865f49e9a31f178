package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Arithmetic on n successive fp32 elements. The result may be one of the operands at the same
 * offset. The platform's own vectoriser gives up when arrays are read and written at different
 * offsets, hence the vectors by hand; what is left over is computed by scalars with the same
 * roundings.
 */
final class RowArithmetic {
  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;
  private static final int LANES = FloatLanes.LANES;

  private RowArithmetic() {}

  /** z = x + y. */
  static void add(float[] x, int xo, float[] y, int yo, float[] z, int zo, int n) {
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector.fromArray(SPECIES, x, xo + i)
          .add(FloatVector.fromArray(SPECIES, y, yo + i))
          .intoArray(z, zo + i);
    }
    for (; i < n; i++) {
      z[zo + i] = x[xo + i] + y[yo + i];
    }
  }

  /** z = x − y. */
  static void subtract(float[] x, int xo, float[] y, int yo, float[] z, int zo, int n) {
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector.fromArray(SPECIES, x, xo + i)
          .sub(FloatVector.fromArray(SPECIES, y, yo + i))
          .intoArray(z, zo + i);
    }
    for (; i < n; i++) {
      z[zo + i] = x[xo + i] - y[yo + i];
    }
  }

  /** z = x · y. */
  static void multiply(float[] x, int xo, float[] y, int yo, float[] z, int zo, int n) {
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector.fromArray(SPECIES, x, xo + i)
          .mul(FloatVector.fromArray(SPECIES, y, yo + i))
          .intoArray(z, zo + i);
    }
    for (; i < n; i++) {
      z[zo + i] = x[xo + i] * y[yo + i];
    }
  }

  /** z = x / y. */
  static void divide(float[] x, int xo, float[] y, int yo, float[] z, int zo, int n) {
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector.fromArray(SPECIES, x, xo + i)
          .div(FloatVector.fromArray(SPECIES, y, yo + i))
          .intoArray(z, zo + i);
    }
    for (; i < n; i++) {
      z[zo + i] = x[xo + i] / y[yo + i];
    }
  }

  /** z = max(x, y). */
  static void maximum(float[] x, int xo, float[] y, int yo, float[] z, int zo, int n) {
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector.fromArray(SPECIES, x, xo + i)
          .max(FloatVector.fromArray(SPECIES, y, yo + i))
          .intoArray(z, zo + i);
    }
    for (; i < n; i++) {
      z[zo + i] = Math.max(x[xo + i], y[yo + i]);
    }
  }

  /** z = min(x, y). */
  static void minimum(float[] x, int xo, float[] y, int yo, float[] z, int zo, int n) {
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector.fromArray(SPECIES, x, xo + i)
          .min(FloatVector.fromArray(SPECIES, y, yo + i))
          .intoArray(z, zo + i);
    }
    for (; i < n; i++) {
      z[zo + i] = Math.min(x[xo + i], y[yo + i]);
    }
  }

  /** y = scale · x + shift, rounded once. */
  static void affine(float[] x, int xo, float scale, float shift, float[] y, int yo, int n) {
    FloatVector factor = FloatVector.broadcast(SPECIES, scale);
    FloatVector summand = FloatVector.broadcast(SPECIES, shift);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector.fromArray(SPECIES, x, xo + i).fma(factor, summand).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = Math.fma(x[xo + i], scale, shift);
    }
  }

  /** y = x · factor. */
  static void scale(float[] x, int xo, float factor, float[] y, int yo, int n) {
    FloatVector scale = FloatVector.broadcast(SPECIES, factor);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector.fromArray(SPECIES, x, xo + i).mul(scale).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = x[xo + i] * factor;
    }
  }

  /** y = x / divisor. */
  static void divideBy(float[] x, int xo, float divisor, float[] y, int yo, int n) {
    FloatVector bottom = FloatVector.broadcast(SPECIES, divisor);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector.fromArray(SPECIES, x, xo + i).div(bottom).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = x[xo + i] / divisor;
    }
  }

  /** y = dividend / x. */
  static void reciprocal(float[] x, int xo, float dividend, float[] y, int yo, int n) {
    FloatVector top = FloatVector.broadcast(SPECIES, dividend);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      top.div(FloatVector.fromArray(SPECIES, x, xo + i)).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = dividend / x[xo + i];
    }
  }

  /** y = min(max(x, least), most). */
  static void clamp(float[] x, int xo, float least, float most, float[] y, int yo, int n) {
    FloatVector lower = FloatVector.broadcast(SPECIES, least);
    FloatVector upper = FloatVector.broadcast(SPECIES, most);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector.fromArray(SPECIES, x, xo + i).max(lower).min(upper).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = Math.min(Math.max(x[xo + i], least), most);
    }
  }

  /** y = √x. */
  static void squareRoot(float[] x, int xo, float[] y, int yo, int n) {
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector.fromArray(SPECIES, x, xo + i).sqrt().intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = (float) Math.sqrt(x[xo + i]);
    }
  }

  /** y = |x|. */
  static void magnitude(float[] x, int xo, float[] y, int yo, int n) {
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector.fromArray(SPECIES, x, xo + i).abs().intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = Math.abs(x[xo + i]);
    }
  }

  /** y += x · factor, each rounded once. */
  static void accumulate(float[] x, int xo, float factor, float[] y, int yo, int n) {
    FloatVector scale = FloatVector.broadcast(SPECIES, factor);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector.fromArray(SPECIES, x, xo + i)
          .fma(scale, FloatVector.fromArray(SPECIES, y, yo + i))
          .intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = Math.fma(x[xo + i], factor, y[yo + i]);
    }
  }

  /** dx = y · (1 − y) · dy. */
  static void sigmoidSlope(float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, int n) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector value = FloatVector.fromArray(SPECIES, y, yo + i);
      value
          .mul(one.sub(value))
          .mul(FloatVector.fromArray(SPECIES, dy, dyo + i))
          .intoArray(dx, dxo + i);
    }
    for (; i < n; i++) {
      float value = y[yo + i];
      dx[dxo + i] = value * (1 - value) * dy[dyo + i];
    }
  }

  /** dx = (1 − y) · (1 + y) · dy. */
  static void tanhSlope(float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, int n) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector value = FloatVector.fromArray(SPECIES, y, yo + i);
      one.sub(value)
          .mul(value.add(one))
          .mul(FloatVector.fromArray(SPECIES, dy, dyo + i))
          .intoArray(dx, dxo + i);
    }
    for (; i < n; i++) {
      float value = y[yo + i];
      dx[dxo + i] = (1 - value) * (value + 1) * dy[dyo + i];
    }
  }
}
