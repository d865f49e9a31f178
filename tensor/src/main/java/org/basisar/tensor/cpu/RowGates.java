package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Gated products and rotations of one fp32 row of n elements. Outputs may be one of the inputs of
 * equal length at the same offset. What is left over after whole vectors is computed with the same
 * roundings.
 */
final class RowGates {
  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;
  private static final int LANES = FloatLanes.LANES;

  private static final float INVERSE_SQRT_2PI = 0.3989423f;

  private RowGates() {}

  /** y = gelu(gate) value. */
  static void geluGate(float[] gate, int go, float[] value, int vo, float[] y, int yo, int n) {
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatLanes.gelu(FloatVector.fromArray(SPECIES, gate, go + i))
          .mul(FloatVector.fromArray(SPECIES, value, vo + i))
          .intoArray(y, yo + i);
    }
    if (whole < n) {
      geluGateEnd(gate, go + whole, value, vo + whole, y, yo + whole, n - whole);
    }
  }

  private static void geluGateEnd(
      float[] gate, int go, float[] value, int vo, float[] y, int yo, int n) {
    VectorMask<Float> mask = SPECIES.indexInRange(0, n);
    FloatLanes.gelu(FloatVector.fromArray(SPECIES, gate, go, mask))
        .mul(FloatVector.fromArray(SPECIES, value, vo, mask))
        .intoArray(y, yo, mask);
  }

  /**
   * dgate = gelu'(gate) value dy and dvalue = gelu(gate) dy.
   *
   * @param bell room for n elements, from 0
   * @param product the same
   */
  static void geluGateBackward(
      float[] gate,
      int go,
      float[] value,
      int vo,
      float[] dy,
      int dyo,
      float[] dgate,
      int dgo,
      float[] dvalue,
      int dvo,
      float[] bell,
      float[] product,
      int n) {
    // In two passes: in one, the compiler allocates some vectors. The first reads memory and the
    // second writes it, so that both have something to compute meanwhile.
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatLanes.bell(FloatVector.fromArray(SPECIES, gate, go + i)).intoArray(bell, i);
      FloatVector.fromArray(SPECIES, value, vo + i)
          .mul(FloatVector.fromArray(SPECIES, dy, dyo + i))
          .intoArray(product, i);
    }
    slopes(gate, go, dy, dyo, dgate, dgo, dvalue, dvo, bell, product, whole);
    if (whole < n) {
      geluGateBackwardEnd(
          gate,
          go + whole,
          value,
          vo + whole,
          dy,
          dyo + whole,
          dgate,
          dgo + whole,
          dvalue,
          dvo + whole,
          n - whole);
    }
  }

  private static void slopes(
      float[] gate,
      int go,
      float[] dy,
      int dyo,
      float[] dgate,
      int dgo,
      float[] dvalue,
      int dvo,
      float[] bell,
      float[] product,
      int whole) {
    FloatVector factor = FloatVector.broadcast(SPECIES, INVERSE_SQRT_2PI);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector g = FloatVector.fromArray(SPECIES, gate, go + i);
      FloatVector density = FloatVector.fromArray(SPECIES, bell, i);
      FloatVector below = FloatLanes.normalCdf(g, density);
      FloatVector.fromArray(SPECIES, dy, dyo + i).mul(g.mul(below)).intoArray(dvalue, dvo + i);
      FloatVector slope = g.mul(factor).fma(density, below);
      FloatVector.fromArray(SPECIES, product, i).mul(slope).intoArray(dgate, dgo + i);
    }
  }

  private static void geluGateBackwardEnd(
      float[] gate,
      int go,
      float[] value,
      int vo,
      float[] dy,
      int dyo,
      float[] dgate,
      int dgo,
      float[] dvalue,
      int dvo,
      int n) {
    VectorMask<Float> mask = SPECIES.indexInRange(0, n);
    FloatVector g = FloatVector.fromArray(SPECIES, gate, go, mask);
    FloatVector density = FloatLanes.bell(g);
    FloatVector below = FloatLanes.normalCdf(g, density);
    FloatVector gradient = FloatVector.fromArray(SPECIES, dy, dyo, mask);
    FloatVector product = FloatVector.fromArray(SPECIES, value, vo, mask).mul(gradient);
    gradient.mul(g.mul(below)).intoArray(dvalue, dvo, mask);
    FloatVector slope = g.mul(FloatVector.broadcast(SPECIES, INVERSE_SQRT_2PI)).fma(density, below);
    product.mul(slope).intoArray(dgate, dgo, mask);
  }

  /** out = x + gate y. */
  static void gateResidual(
      float[] x, int xo, float[] y, int yo, float[] gate, int go, float[] out, int oo, int n) {
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector.fromArray(SPECIES, y, yo + i)
          .fma(
              FloatVector.fromArray(SPECIES, gate, go + i),
              FloatVector.fromArray(SPECIES, x, xo + i))
          .intoArray(out, oo + i);
    }
    for (; i < n; i++) {
      out[oo + i] = Math.fma(y[yo + i], gate[go + i], x[xo + i]);
    }
  }

  /** dy = gate dout and dgate += y dout. */
  static void gateResidualBackward(
      float[] y,
      int yo,
      float[] gate,
      int go,
      float[] dout,
      int doo,
      float[] dy,
      int dyo,
      float[] dgate,
      int dgo,
      int n) {
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector gradient = FloatVector.fromArray(SPECIES, dout, doo + i);
      FloatVector.fromArray(SPECIES, y, yo + i)
          .fma(gradient, FloatVector.fromArray(SPECIES, dgate, dgo + i))
          .intoArray(dgate, dgo + i);
      gradient.mul(FloatVector.fromArray(SPECIES, gate, go + i)).intoArray(dy, dyo + i);
    }
    for (; i < n; i++) {
      float gradient = dout[doo + i];
      dgate[dgo + i] = Math.fma(y[yo + i], gradient, dgate[dgo + i]);
      dy[dyo + i] = gradient * gate[go + i];
    }
  }

  /** out = (1 - time) x + time noise. */
  static void interpolate(
      float[] x, int xo, float[] noise, int no, float time, float[] out, int oo, int n) {
    float rest = 1 - time;
    FloatVector ofNoise = FloatVector.broadcast(SPECIES, time);
    FloatVector ofX = FloatVector.broadcast(SPECIES, rest);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LANES) {
      FloatVector.fromArray(SPECIES, noise, no + i)
          .mul(ofNoise)
          .add(FloatVector.fromArray(SPECIES, x, xo + i).mul(ofX))
          .intoArray(out, oo + i);
    }
    for (; i < n; i++) {
      out[oo + i] = noise[no + i] * time + x[xo + i] * rest;
    }
  }
}
