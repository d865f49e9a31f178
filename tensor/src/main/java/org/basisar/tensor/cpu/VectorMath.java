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
    int whole = SPECIES.loopBound(length);
    for (int i = 0; i < whole; i += LANES) {
      FloatLanes.exp(FloatVector.fromArray(SPECIES, x, xOffset + i)).intoArray(y, yOffset + i);
    }
    if (whole < length) {
      VectorMask<Float> mask = SPECIES.indexInRange(whole, length);
      FloatLanes.exp(FloatVector.fromArray(SPECIES, x, xOffset + whole, mask))
          .intoArray(y, yOffset + whole, mask);
    }
  }

  /** Natural logarithm: minus infinity at 0, NaN below. */
  public static void log(float[] x, int xOffset, float[] y, int yOffset, int length) {
    int whole = SPECIES.loopBound(length);
    for (int i = 0; i < whole; i += LANES) {
      FloatLanes.log(FloatVector.fromArray(SPECIES, x, xOffset + i)).intoArray(y, yOffset + i);
    }
    if (whole < length) {
      VectorMask<Float> mask = SPECIES.indexInRange(whole, length);
      FloatLanes.log(FloatVector.fromArray(SPECIES, x, xOffset + whole, mask))
          .intoArray(y, yOffset + whole, mask);
    }
  }

  /** 1 / (1 + e^-x). */
  public static void sigmoid(float[] x, int xOffset, float[] y, int yOffset, int length) {
    int whole = SPECIES.loopBound(length);
    for (int i = 0; i < whole; i += LANES) {
      FloatLanes.sigmoid(FloatVector.fromArray(SPECIES, x, xOffset + i)).intoArray(y, yOffset + i);
    }
    if (whole < length) {
      VectorMask<Float> mask = SPECIES.indexInRange(whole, length);
      FloatLanes.sigmoid(FloatVector.fromArray(SPECIES, x, xOffset + whole, mask))
          .intoArray(y, yOffset + whole, mask);
    }
  }

  /** x / (1 + e^-x). */
  public static void silu(float[] x, int xOffset, float[] y, int yOffset, int length) {
    int whole = SPECIES.loopBound(length);
    for (int i = 0; i < whole; i += LANES) {
      FloatLanes.silu(FloatVector.fromArray(SPECIES, x, xOffset + i)).intoArray(y, yOffset + i);
    }
    if (whole < length) {
      VectorMask<Float> mask = SPECIES.indexInRange(whole, length);
      FloatLanes.silu(FloatVector.fromArray(SPECIES, x, xOffset + whole, mask))
          .intoArray(y, yOffset + whole, mask);
    }
  }

  /** Hyperbolic tangent. */
  public static void tanh(float[] x, int xOffset, float[] y, int yOffset, int length) {
    int whole = SPECIES.loopBound(length);
    for (int i = 0; i < whole; i += LANES) {
      FloatLanes.tanh(FloatVector.fromArray(SPECIES, x, xOffset + i)).intoArray(y, yOffset + i);
    }
    if (whole < length) {
      VectorMask<Float> mask = SPECIES.indexInRange(whole, length);
      FloatLanes.tanh(FloatVector.fromArray(SPECIES, x, xOffset + whole, mask))
          .intoArray(y, yOffset + whole, mask);
    }
  }

  /** Exact GELU, x times the normal distribution function. */
  public static void gelu(float[] x, int xOffset, float[] y, int yOffset, int length) {
    int whole = SPECIES.loopBound(length);
    for (int i = 0; i < whole; i += LANES) {
      FloatLanes.gelu(FloatVector.fromArray(SPECIES, x, xOffset + i)).intoArray(y, yOffset + i);
    }
    if (whole < length) {
      VectorMask<Float> mask = SPECIES.indexInRange(whole, length);
      FloatLanes.gelu(FloatVector.fromArray(SPECIES, x, xOffset + whole, mask))
          .intoArray(y, yOffset + whole, mask);
    }
  }

  /** Sine, for |x| up to 10^4. */
  public static void sin(float[] x, int xOffset, float[] y, int yOffset, int length) {
    int whole = SPECIES.loopBound(length);
    for (int i = 0; i < whole; i += LANES) {
      FloatLanes.sin(FloatVector.fromArray(SPECIES, x, xOffset + i)).intoArray(y, yOffset + i);
    }
    if (whole < length) {
      VectorMask<Float> mask = SPECIES.indexInRange(whole, length);
      FloatLanes.sin(FloatVector.fromArray(SPECIES, x, xOffset + whole, mask))
          .intoArray(y, yOffset + whole, mask);
    }
  }

  /** Cosine, for |x| up to 10^4. */
  public static void cos(float[] x, int xOffset, float[] y, int yOffset, int length) {
    int whole = SPECIES.loopBound(length);
    for (int i = 0; i < whole; i += LANES) {
      FloatLanes.cos(FloatVector.fromArray(SPECIES, x, xOffset + i)).intoArray(y, yOffset + i);
    }
    if (whole < length) {
      VectorMask<Float> mask = SPECIES.indexInRange(whole, length);
      FloatLanes.cos(FloatVector.fromArray(SPECIES, x, xOffset + whole, mask))
          .intoArray(y, yOffset + whole, mask);
    }
  }

  /** 1 / sqrt(x). */
  public static void rsqrt(float[] x, int xOffset, float[] y, int yOffset, int length) {
    int whole = SPECIES.loopBound(length);
    for (int i = 0; i < whole; i += LANES) {
      FloatLanes.rsqrt(FloatVector.fromArray(SPECIES, x, xOffset + i)).intoArray(y, yOffset + i);
    }
    if (whole < length) {
      VectorMask<Float> mask = SPECIES.indexInRange(whole, length);
      FloatLanes.rsqrt(FloatVector.fromArray(SPECIES, x, xOffset + whole, mask))
          .intoArray(y, yOffset + whole, mask);
    }
  }

  /** dx = dy times the derivative of SiLU at x; dx may be dy or x. */
  public static void siluBackward(
      float[] x, int xOffset, float[] dy, int dyOffset, float[] dx, int dxOffset, int length) {
    int whole = SPECIES.loopBound(length);
    for (int i = 0; i < whole; i += LANES) {
      FloatLanes.siluDerivative(FloatVector.fromArray(SPECIES, x, xOffset + i))
          .mul(FloatVector.fromArray(SPECIES, dy, dyOffset + i))
          .intoArray(dx, dxOffset + i);
    }
    if (whole < length) {
      VectorMask<Float> mask = SPECIES.indexInRange(whole, length);
      FloatLanes.siluDerivative(FloatVector.fromArray(SPECIES, x, xOffset + whole, mask))
          .mul(FloatVector.fromArray(SPECIES, dy, dyOffset + whole, mask))
          .intoArray(dx, dxOffset + whole, mask);
    }
  }

  /** dx = dy times the derivative of the exact GELU at x; dx may be dy or x. */
  public static void geluBackward(
      float[] x, int xOffset, float[] dy, int dyOffset, float[] dx, int dxOffset, int length) {
    int whole = SPECIES.loopBound(length);
    for (int i = 0; i < whole; i += LANES) {
      FloatLanes.geluDerivative(FloatVector.fromArray(SPECIES, x, xOffset + i))
          .mul(FloatVector.fromArray(SPECIES, dy, dyOffset + i))
          .intoArray(dx, dxOffset + i);
    }
    if (whole < length) {
      VectorMask<Float> mask = SPECIES.indexInRange(whole, length);
      FloatLanes.geluDerivative(FloatVector.fromArray(SPECIES, x, xOffset + whole, mask))
          .mul(FloatVector.fromArray(SPECIES, dy, dyOffset + whole, mask))
          .intoArray(dx, dxOffset + whole, mask);
    }
  }
}
