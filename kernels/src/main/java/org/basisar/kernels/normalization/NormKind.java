package org.basisar.kernels.normalization;

import java.util.Locale;

/** What a row is divided by, and what it is multiplied with. */
public enum NormKind {
  /** x · rsqrt(mean x² + ε) · weight. */
  RMS,
  /** (x − mean) · rsqrt(variance + ε) · weight + bias. */
  LAYER,
  /** x · rsqrt(mean x² + ε) · (1 + scale) + shift, one row of scale and shift for each group. */
  MODULATE;

  String kernel() {
    return name().toLowerCase(Locale.ROOT);
  }
}
