package org.basisar.bar.train;

/** A loss or gradient norm that is not finite; the weights are those before the step. */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A sentence on which step and what to do. */
  public DivergedException(String message) {
    super(message);
  }
}
