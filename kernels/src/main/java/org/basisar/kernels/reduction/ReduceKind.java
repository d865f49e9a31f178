package org.basisar.kernels.reduction;

import java.util.Locale;

/** How elements are combined; a mean is a sum with a divisor. */
public enum ReduceKind {
  /** Σ x / divisor. */
  SUM(1),
  /** The greatest. */
  MAX(1),
  /** Square root of the sum of squares. */
  NORM(1),
  /** log Σ exp. */
  LOG_SUM_EXP(2);

  private final int floats;

  ReduceKind(int floats) {
    this.floats = floats;
  }

  /** Size of what is kept of elements combined so far; for a sum it is the F32 sum itself. */
  public int stateBytes() {
    return floats * Float.BYTES;
  }

  String kernel(String prefix, String suffix) {
    return prefix + "_" + name().toLowerCase(Locale.ROOT) + suffix;
  }
}
