package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Gated products and rotations of one fp32 row of n elements. Outputs may be one of the inputs of
 * equal length at the same offset.
 */
final class RowGates {
  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;
  private static final int LANES = FloatLanes.LANES;

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
      VectorMask<Float> mask = SPECIES.indexInRange(whole, n);
      FloatLanes.gelu(FloatVector.fromArray(SPECIES, gate, go + whole, mask))
          .mul(FloatVector.fromArray(SPECIES, value, vo + whole, mask))
          .intoArray(y, yo + whole, mask);
    }
  }

  /** dgate = gelu'(gate) value dy and dvalue = gelu(gate) dy. */
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
      int n) {
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector g = FloatVector.fromArray(SPECIES, gate, go + i);
      FloatVector bell = FloatLanes.bell(g);
      FloatVector cdf = FloatLanes.normalCdf(g, bell);
      FloatVector gradient = FloatVector.fromArray(SPECIES, dy, dyo + i);
      FloatVector v = FloatVector.fromArray(SPECIES, value, vo + i).mul(gradient);
      gradient.mul(g.mul(cdf)).intoArray(dvalue, dvo + i);
      v.mul(FloatLanes.geluDerivative(g, bell, cdf)).intoArray(dgate, dgo + i);
    }
    if (whole < n) {
      VectorMask<Float> mask = SPECIES.indexInRange(whole, n);
      FloatVector g = FloatVector.fromArray(SPECIES, gate, go + whole, mask);
      FloatVector bell = FloatLanes.bell(g);
      FloatVector cdf = FloatLanes.normalCdf(g, bell);
      FloatVector gradient = FloatVector.fromArray(SPECIES, dy, dyo + whole, mask);
      FloatVector v = FloatVector.fromArray(SPECIES, value, vo + whole, mask).mul(gradient);
      gradient.mul(g.mul(cdf)).intoArray(dvalue, dvo + whole, mask);
      v.mul(FloatLanes.geluDerivative(g, bell, cdf)).intoArray(dgate, dgo + whole, mask);
    }
  }

  /** out = x + gate y. */
  static void gateResidual(
      float[] x, int xo, float[] y, int yo, float[] gate, int go, float[] out, int oo, int n) {
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector.fromArray(SPECIES, y, yo + i)
          .fma(
              FloatVector.fromArray(SPECIES, gate, go + i),
              FloatVector.fromArray(SPECIES, x, xo + i))
          .intoArray(out, oo + i);
    }
    if (whole < n) {
      VectorMask<Float> mask = SPECIES.indexInRange(whole, n);
      FloatVector.fromArray(SPECIES, y, yo + whole, mask)
          .fma(
              FloatVector.fromArray(SPECIES, gate, go + whole, mask),
              FloatVector.fromArray(SPECIES, x, xo + whole, mask))
          .intoArray(out, oo + whole, mask);
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
    for (int i = 0; i < n; i += LANES) {
      VectorMask<Float> mask = SPECIES.indexInRange(i, n);
      FloatVector gradient = FloatVector.fromArray(SPECIES, dout, doo + i, mask);
      FloatVector.fromArray(SPECIES, y, yo + i, mask)
          .fma(gradient, FloatVector.fromArray(SPECIES, dgate, dgo + i, mask))
          .intoArray(dgate, dgo + i, mask);
      gradient.mul(FloatVector.fromArray(SPECIES, gate, go + i, mask)).intoArray(dy, dyo + i, mask);
    }
  }

  /** out = (1 - time) x + time noise. */
  static void interpolate(
      float[] x, int xo, float[] noise, int no, float time, float[] out, int oo, int n) {
    for (int i = 0; i < n; i += LANES) {
      VectorMask<Float> mask = SPECIES.indexInRange(i, n);
      FloatVector.fromArray(SPECIES, noise, no + i, mask)
          .mul(time)
          .add(FloatVector.fromArray(SPECIES, x, xo + i, mask).mul(1 - time))
          .intoArray(out, oo + i, mask);
    }
  }
}
