package org.basisar.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import org.basisar.gpu.ElementType;

/**
 * The arithmetic of a computation written once for several precisions: naive code rounds every sum
 * and every array it writes. What a kernel may err is measured by what naive code in the same
 * precision errs.
 */
public enum Rounding {
  /** The reference. */
  NONE(0),
  /** fp32 throughout. */
  F32(0x1p-24),
  /** Arrays in bfloat16, sums in fp32. */
  BF16(0x1p-9);

  private final double unit;

  Rounding(double unit) {
    this.unit = unit;
  }

  /** The precision of a kernel for a type. */
  public static Rounding of(ElementType type) {
    return switch (type) {
      case F32 -> F32;
      case BF16 -> BF16;
      case F64, I32, U8 -> NONE;
    };
  }

  /** A number as the result of an addition. */
  public double sum(double value) {
    return this == NONE ? value : (float) value;
  }

  /** A number as an element of an array. */
  public double stored(double value) {
    return switch (this) {
      case NONE -> value;
      case F32 -> (float) value;
      case BF16 -> bf16((float) value);
    };
  }

  private static double bf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    return Float.intBitsToFloat((bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff0000);
  }

  /**
   * The 2× rule: the greatest error of {@code actual} is at most twice that of naive code in this
   * precision, and one rounding of the largest element for where that is exact by luck.
   */
  public void check(String what, double[] actual, double[] naive, double[] reference) {
    check(what, actual, naive, reference, 0);
  }

  /**
   * As above.
   *
   * @param cancelling magnitude of numbers that may cancel in a sum, which leaves fp32 roundings of
   *     them where the result is small
   */
  public void check(
      String what, double[] actual, double[] naive, double[] reference, double cancelling) {
    double scale = 0;
    for (double value : reference) {
      scale = Math.max(scale, Math.abs(value));
    }
    double allowed = 2 * error(naive, reference) + 2 * unit * scale + 2 * F32.unit * cancelling;
    assertThat(error(actual, reference)).as(what).isLessThanOrEqualTo(allowed);
  }

  private static double error(double[] values, double[] reference) {
    assertThat(values).hasSameSizeAs(reference);
    double worst = 0;
    for (int i = 0; i < values.length; i++) {
      double error = Math.abs(values[i] - reference[i]);
      worst = Double.isNaN(error) ? Double.POSITIVE_INFINITY : Math.max(worst, error);
    }
    return worst;
  }
}
