package org.basisar.tensor.check;

import org.basisar.tensor.DType;

/**
 * How far a result may lie from the reference: {@code relative}·|expected| + {@code absolute}.
 *
 * <p>The base values by dtype are those commonly used to compare tensors: (1e-7, 1e-7) for fp64,
 * (1.3e-6, 1e-5) for fp32, (1.6e-2, 1e-5) for bfloat16. A sum of k terms may be off by a further
 * 4·√k·ε of the largest element, ε being the unit roundoff of the accumulation (fp32 for bfloat16).
 */
public record Tolerance(double relative, double absolute) {
  private static final double ROOTS = 4;

  /** For results that are not sums. */
  public static Tolerance of(DType dtype) {
    return switch (dtype) {
      case F64 -> new Tolerance(1e-7, 1e-7);
      case F32 -> new Tolerance(1.3e-6, 1e-5);
      case BF16 -> new Tolerance(1.6e-2, 1e-5);
      case I32, U8 -> new Tolerance(0, 0);
    };
  }

  /**
   * For sums.
   *
   * @param terms number of terms
   * @param scale magnitude of the largest result element
   */
  public static Tolerance of(DType dtype, int terms, double scale) {
    Tolerance base = of(dtype);
    double roundoff =
        switch (dtype) {
          case F64 -> 0x1p-53;
          case F32, BF16 -> 0x1p-24;
          case I32, U8 -> 0;
        };
    return new Tolerance(
        base.relative, base.absolute + ROOTS * Math.sqrt(terms) * roundoff * scale);
  }

  /**
   * For results that were computed more precisely than their dtype and then rounded to it.
   *
   * @param scale magnitude of the largest result element
   */
  public static Tolerance storage(DType dtype, int terms, double scale) {
    return switch (dtype) {
      case BF16 -> new Tolerance(0x1.01p-8, of(DType.F32, terms, scale).absolute);
      case F64, F32, I32, U8 -> of(dtype, terms, scale);
    };
  }

  /**
   * For results of which intermediate results were rounded to their dtype: four roundings of the
   * largest element.
   *
   * @param scale magnitude of the largest result element
   */
  public static Tolerance rounded(DType dtype, int terms, double scale) {
    return switch (dtype) {
      case BF16 -> new Tolerance(0, 0x1p-6 * scale);
      case F64, F32, I32, U8 -> of(dtype, terms, scale);
    };
  }

  /** Whether {@code actual} is close enough; NaN matches NaN, an infinity only itself. */
  public boolean accepts(double actual, double expected) {
    if (Double.isNaN(expected) || Double.isInfinite(expected)) {
      return Double.compare(actual, expected) == 0;
    }
    return Math.abs(actual - expected) <= absolute + relative * Math.abs(expected);
  }
}
