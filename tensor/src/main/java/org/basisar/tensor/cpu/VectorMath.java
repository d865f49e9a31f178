package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Elementary functions of fp32 arrays.
 *
 * <p>All methods read {@code length} elements of x from {@code xOffset} and write as many of y from
 * {@code yOffset}; y may be x at the same offset. An element's result depends on that element
 * alone, never on its place: the end of a range is computed by masked vectors with the same
 * instructions. NaN gives NaN.
 */
public final class VectorMath {
  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;
  private static final int LANES = FloatLanes.LANES;

  private VectorMath() {}

  /** e^x, with subnormal results and infinity where the result leaves the range. */
  public static void exp(float[] x, int xOffset, float[] y, int yOffset, int length) {
    for (int i = 0; i < length; i += LANES) {
      VectorMask<Float> mask = SPECIES.indexInRange(i, length);
      FloatLanes.exp(FloatVector.fromArray(SPECIES, x, xOffset + i, mask))
          .intoArray(y, yOffset + i, mask);
    }
  }

  /** Natural logarithm: minus infinity at 0, NaN below. */
  public static void log(float[] x, int xOffset, float[] y, int yOffset, int length) {
    for (int i = 0; i < length; i += LANES) {
      VectorMask<Float> mask = SPECIES.indexInRange(i, length);
      FloatLanes.log(FloatVector.fromArray(SPECIES, x, xOffset + i, mask))
          .intoArray(y, yOffset + i, mask);
    }
  }

  /** 1 / (1 + e^-x). */
  public static void sigmoid(float[] x, int xOffset, float[] y, int yOffset, int length) {
    for (int i = 0; i < length; i += LANES) {
      VectorMask<Float> mask = SPECIES.indexInRange(i, length);
      FloatLanes.sigmoid(FloatVector.fromArray(SPECIES, x, xOffset + i, mask))
          .intoArray(y, yOffset + i, mask);
    }
  }

  /** x / (1 + e^-x). */
  public static void silu(float[] x, int xOffset, float[] y, int yOffset, int length) {
    for (int i = 0; i < length; i += LANES) {
      VectorMask<Float> mask = SPECIES.indexInRange(i, length);
      FloatLanes.silu(FloatVector.fromArray(SPECIES, x, xOffset + i, mask))
          .intoArray(y, yOffset + i, mask);
    }
  }

  /** Hyperbolic tangent. */
  public static void tanh(float[] x, int xOffset, float[] y, int yOffset, int length) {
    for (int i = 0; i < length; i += LANES) {
      VectorMask<Float> mask = SPECIES.indexInRange(i, length);
      FloatLanes.tanh(FloatVector.fromArray(SPECIES, x, xOffset + i, mask))
          .intoArray(y, yOffset + i, mask);
    }
  }

  /** Exact GELU, x times the normal distribution function. */
  public static void gelu(float[] x, int xOffset, float[] y, int yOffset, int length) {
    for (int i = 0; i < length; i += LANES) {
      VectorMask<Float> mask = SPECIES.indexInRange(i, length);
      FloatLanes.gelu(FloatVector.fromArray(SPECIES, x, xOffset + i, mask))
          .intoArray(y, yOffset + i, mask);
    }
  }

  /** Sine, for |x| up to 10^4. */
  public static void sin(float[] x, int xOffset, float[] y, int yOffset, int length) {
    for (int i = 0; i < length; i += LANES) {
      VectorMask<Float> mask = SPECIES.indexInRange(i, length);
      FloatLanes.sin(FloatVector.fromArray(SPECIES, x, xOffset + i, mask))
          .intoArray(y, yOffset + i, mask);
    }
  }

  /** Cosine, for |x| up to 10^4. */
  public static void cos(float[] x, int xOffset, float[] y, int yOffset, int length) {
    for (int i = 0; i < length; i += LANES) {
      VectorMask<Float> mask = SPECIES.indexInRange(i, length);
      FloatLanes.cos(FloatVector.fromArray(SPECIES, x, xOffset + i, mask))
          .intoArray(y, yOffset + i, mask);
    }
  }

  /** 1 / sqrt(x). */
  public static void rsqrt(float[] x, int xOffset, float[] y, int yOffset, int length) {
    for (int i = 0; i < length; i += LANES) {
      VectorMask<Float> mask = SPECIES.indexInRange(i, length);
      FloatLanes.rsqrt(FloatVector.fromArray(SPECIES, x, xOffset + i, mask))
          .intoArray(y, yOffset + i, mask);
    }
  }

  /** dx = dy times the derivative of SiLU at x; dx may be dy or x. */
  public static void siluBackward(
      float[] x, int xOffset, float[] dy, int dyOffset, float[] dx, int dxOffset, int length) {
    for (int i = 0; i < length; i += LANES) {
      VectorMask<Float> mask = SPECIES.indexInRange(i, length);
      FloatVector slope =
          FloatLanes.siluDerivative(FloatVector.fromArray(SPECIES, x, xOffset + i, mask));
      slope
          .mul(FloatVector.fromArray(SPECIES, dy, dyOffset + i, mask))
          .intoArray(dx, dxOffset + i, mask);
    }
  }

  /** dx = dy times the derivative of the exact GELU at x; dx may be dy or x. */
  public static void geluBackward(
      float[] x, int xOffset, float[] dy, int dyOffset, float[] dx, int dxOffset, int length) {
    for (int i = 0; i < length; i += LANES) {
      VectorMask<Float> mask = SPECIES.indexInRange(i, length);
      FloatVector slope =
          FloatLanes.geluDerivative(FloatVector.fromArray(SPECIES, x, xOffset + i, mask));
      slope
          .mul(FloatVector.fromArray(SPECIES, dy, dyOffset + i, mask))
          .intoArray(dx, dxOffset + i, mask);
    }
  }
}
