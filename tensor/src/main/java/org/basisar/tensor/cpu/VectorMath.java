package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Elementary functions of fp32 arrays.
 *
 * <p>All methods read {@code length} elements of x from {@code xOffset} and write as many of y from
 * {@code yOffset}; y may be x at the same offset. An element's result depends on that element
 * alone, never on its place: the end of a range is computed by a masked vector with the same
 * instructions. NaN gives NaN.
 *
 * <p>Each function is two methods, because a loop that also holds the masked end is so large that
 * the compiler may stop inlining, and then each operation allocates its result.
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
      expEnd(x, xOffset + whole, y, yOffset + whole, length - whole);
    }
  }

  private static void expEnd(float[] x, int xOffset, float[] y, int yOffset, int length) {
    VectorMask<Float> mask = SPECIES.indexInRange(0, length);
    FloatLanes.exp(FloatVector.fromArray(SPECIES, x, xOffset, mask)).intoArray(y, yOffset, mask);
  }

  /** Natural logarithm: minus infinity at 0, NaN below. */
  public static void log(float[] x, int xOffset, float[] y, int yOffset, int length) {
    int whole = SPECIES.loopBound(length);
    for (int i = 0; i < whole; i += LANES) {
      FloatLanes.log(FloatVector.fromArray(SPECIES, x, xOffset + i)).intoArray(y, yOffset + i);
    }
    if (whole < length) {
      logEnd(x, xOffset + whole, y, yOffset + whole, length - whole);
    }
  }

  private static void logEnd(float[] x, int xOffset, float[] y, int yOffset, int length) {
    VectorMask<Float> mask = SPECIES.indexInRange(0, length);
    FloatLanes.log(FloatVector.fromArray(SPECIES, x, xOffset, mask)).intoArray(y, yOffset, mask);
  }

  /** 1 / (1 + e^-x). */
  public static void sigmoid(float[] x, int xOffset, float[] y, int yOffset, int length) {
    int whole = SPECIES.loopBound(length);
    for (int i = 0; i < whole; i += LANES) {
      FloatLanes.sigmoid(FloatVector.fromArray(SPECIES, x, xOffset + i)).intoArray(y, yOffset + i);
    }
    if (whole < length) {
      sigmoidEnd(x, xOffset + whole, y, yOffset + whole, length - whole);
    }
  }

  private static void sigmoidEnd(float[] x, int xOffset, float[] y, int yOffset, int length) {
    VectorMask<Float> mask = SPECIES.indexInRange(0, length);
    FloatLanes.sigmoid(FloatVector.fromArray(SPECIES, x, xOffset, mask))
        .intoArray(y, yOffset, mask);
  }

  /** x / (1 + e^-x). */
  public static void silu(float[] x, int xOffset, float[] y, int yOffset, int length) {
    int whole = SPECIES.loopBound(length);
    for (int i = 0; i < whole; i += LANES) {
      FloatLanes.silu(FloatVector.fromArray(SPECIES, x, xOffset + i)).intoArray(y, yOffset + i);
    }
    if (whole < length) {
      siluEnd(x, xOffset + whole, y, yOffset + whole, length - whole);
    }
  }

  private static void siluEnd(float[] x, int xOffset, float[] y, int yOffset, int length) {
    VectorMask<Float> mask = SPECIES.indexInRange(0, length);
    FloatLanes.silu(FloatVector.fromArray(SPECIES, x, xOffset, mask)).intoArray(y, yOffset, mask);
  }

  /** Hyperbolic tangent. */
  public static void tanh(float[] x, int xOffset, float[] y, int yOffset, int length) {
    int whole = SPECIES.loopBound(length);
    for (int i = 0; i < whole; i += LANES) {
      FloatLanes.tanh(FloatVector.fromArray(SPECIES, x, xOffset + i)).intoArray(y, yOffset + i);
    }
    if (whole < length) {
      tanhEnd(x, xOffset + whole, y, yOffset + whole, length - whole);
    }
  }

  private static void tanhEnd(float[] x, int xOffset, float[] y, int yOffset, int length) {
    VectorMask<Float> mask = SPECIES.indexInRange(0, length);
    FloatLanes.tanh(FloatVector.fromArray(SPECIES, x, xOffset, mask)).intoArray(y, yOffset, mask);
  }

  /** Exact GELU, x times the normal distribution function. */
  public static void gelu(float[] x, int xOffset, float[] y, int yOffset, int length) {
    int whole = SPECIES.loopBound(length);
    for (int i = 0; i < whole; i += LANES) {
      FloatLanes.gelu(FloatVector.fromArray(SPECIES, x, xOffset + i)).intoArray(y, yOffset + i);
    }
    if (whole < length) {
      geluEnd(x, xOffset + whole, y, yOffset + whole, length - whole);
    }
  }

  private static void geluEnd(float[] x, int xOffset, float[] y, int yOffset, int length) {
    VectorMask<Float> mask = SPECIES.indexInRange(0, length);
    FloatLanes.gelu(FloatVector.fromArray(SPECIES, x, xOffset, mask)).intoArray(y, yOffset, mask);
  }

  /** Normal density without its factor, e^(-x^2 / 2). */
  static void bell(float[] x, int xOffset, float[] y, int yOffset, int length) {
    int whole = SPECIES.loopBound(length);
    for (int i = 0; i < whole; i += LANES) {
      FloatLanes.bell(FloatVector.fromArray(SPECIES, x, xOffset + i)).intoArray(y, yOffset + i);
    }
    if (whole < length) {
      bellEnd(x, xOffset + whole, y, yOffset + whole, length - whole);
    }
  }

  private static void bellEnd(float[] x, int xOffset, float[] y, int yOffset, int length) {
    VectorMask<Float> mask = SPECIES.indexInRange(0, length);
    FloatLanes.bell(FloatVector.fromArray(SPECIES, x, xOffset, mask)).intoArray(y, yOffset, mask);
  }

  /** Normal distribution function of x with its {@link #bell}. */
  static void normalCdf(
      float[] x, int xOffset, float[] bell, int bellOffset, float[] y, int yOffset, int length) {
    int whole = SPECIES.loopBound(length);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector density = FloatVector.fromArray(SPECIES, bell, bellOffset + i);
      FloatLanes.normalCdf(FloatVector.fromArray(SPECIES, x, xOffset + i), density)
          .intoArray(y, yOffset + i);
    }
    if (whole < length) {
      normalCdfEnd(
          x, xOffset + whole, bell, bellOffset + whole, y, yOffset + whole, length - whole);
    }
  }

  private static void normalCdfEnd(
      float[] x, int xOffset, float[] bell, int bellOffset, float[] y, int yOffset, int length) {
    VectorMask<Float> mask = SPECIES.indexInRange(0, length);
    FloatVector density = FloatVector.fromArray(SPECIES, bell, bellOffset, mask);
    FloatLanes.normalCdf(FloatVector.fromArray(SPECIES, x, xOffset, mask), density)
        .intoArray(y, yOffset, mask);
  }

  /** Sine, for |x| up to 10^4. */
  public static void sin(float[] x, int xOffset, float[] y, int yOffset, int length) {
    int whole = SPECIES.loopBound(length);
    for (int i = 0; i < whole; i += LANES) {
      FloatLanes.sin(FloatVector.fromArray(SPECIES, x, xOffset + i)).intoArray(y, yOffset + i);
    }
    if (whole < length) {
      sinEnd(x, xOffset + whole, y, yOffset + whole, length - whole);
    }
  }

  private static void sinEnd(float[] x, int xOffset, float[] y, int yOffset, int length) {
    VectorMask<Float> mask = SPECIES.indexInRange(0, length);
    FloatLanes.sin(FloatVector.fromArray(SPECIES, x, xOffset, mask)).intoArray(y, yOffset, mask);
  }

  /** Cosine, for |x| up to 10^4. */
  public static void cos(float[] x, int xOffset, float[] y, int yOffset, int length) {
    int whole = SPECIES.loopBound(length);
    for (int i = 0; i < whole; i += LANES) {
      FloatLanes.cos(FloatVector.fromArray(SPECIES, x, xOffset + i)).intoArray(y, yOffset + i);
    }
    if (whole < length) {
      cosEnd(x, xOffset + whole, y, yOffset + whole, length - whole);
    }
  }

  private static void cosEnd(float[] x, int xOffset, float[] y, int yOffset, int length) {
    VectorMask<Float> mask = SPECIES.indexInRange(0, length);
    FloatLanes.cos(FloatVector.fromArray(SPECIES, x, xOffset, mask)).intoArray(y, yOffset, mask);
  }

  /** 1 / sqrt(x). */
  public static void rsqrt(float[] x, int xOffset, float[] y, int yOffset, int length) {
    int whole = SPECIES.loopBound(length);
    for (int i = 0; i < whole; i += LANES) {
      FloatLanes.rsqrt(FloatVector.fromArray(SPECIES, x, xOffset + i)).intoArray(y, yOffset + i);
    }
    if (whole < length) {
      rsqrtEnd(x, xOffset + whole, y, yOffset + whole, length - whole);
    }
  }

  private static void rsqrtEnd(float[] x, int xOffset, float[] y, int yOffset, int length) {
    VectorMask<Float> mask = SPECIES.indexInRange(0, length);
    FloatLanes.rsqrt(FloatVector.fromArray(SPECIES, x, xOffset, mask)).intoArray(y, yOffset, mask);
  }

  /** dx = dy times the derivative of SiLU at x; dx may be dy or x. */
  public static void siluBackward(
      float[] x, int xOffset, float[] dy, int dyOffset, float[] dx, int dxOffset, int length) {
    int whole = SPECIES.loopBound(length);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector slope = FloatLanes.siluDerivative(FloatVector.fromArray(SPECIES, x, xOffset + i));
      slope.mul(FloatVector.fromArray(SPECIES, dy, dyOffset + i)).intoArray(dx, dxOffset + i);
    }
    if (whole < length) {
      siluBackwardEnd(
          x, xOffset + whole, dy, dyOffset + whole, dx, dxOffset + whole, length - whole);
    }
  }

  private static void siluBackwardEnd(
      float[] x, int xOffset, float[] dy, int dyOffset, float[] dx, int dxOffset, int length) {
    VectorMask<Float> mask = SPECIES.indexInRange(0, length);
    FloatVector slope = FloatLanes.siluDerivative(FloatVector.fromArray(SPECIES, x, xOffset, mask));
    slope.mul(FloatVector.fromArray(SPECIES, dy, dyOffset, mask)).intoArray(dx, dxOffset, mask);
  }

  /** dx = dy times the derivative of the exact GELU at x; dx may be dy or x. */
  public static void geluBackward(
      float[] x, int xOffset, float[] dy, int dyOffset, float[] dx, int dxOffset, int length) {
    int whole = SPECIES.loopBound(length);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector slope = FloatLanes.geluDerivative(FloatVector.fromArray(SPECIES, x, xOffset + i));
      slope.mul(FloatVector.fromArray(SPECIES, dy, dyOffset + i)).intoArray(dx, dxOffset + i);
    }
    if (whole < length) {
      geluBackwardEnd(
          x, xOffset + whole, dy, dyOffset + whole, dx, dxOffset + whole, length - whole);
    }
  }

  private static void geluBackwardEnd(
      float[] x, int xOffset, float[] dy, int dyOffset, float[] dx, int dxOffset, int length) {
    VectorMask<Float> mask = SPECIES.indexInRange(0, length);
    FloatVector slope = FloatLanes.geluDerivative(FloatVector.fromArray(SPECIES, x, xOffset, mask));
    slope.mul(FloatVector.fromArray(SPECIES, dy, dyOffset, mask)).intoArray(dx, dxOffset, mask);
  }
}
