package org.basisar.kernels.reduction;

/** An array seen as [outer, extent, inner], of which the middle axis is reduced. */
public record ReduceShape(int outer, int extent, int inner) {
  /** Checks that there is something to write. */
  public ReduceShape {
    if (outer < 1 || inner < 1 || extent < 0) {
      throw new IllegalArgumentException(
          "reduce: shape [" + outer + ", " + extent + ", " + inner + "] has no result");
    }
  }

  /** Number of results. */
  public int results() {
    return outer * inner;
  }
}
