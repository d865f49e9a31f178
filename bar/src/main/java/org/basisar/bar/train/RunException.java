package org.basisar.bar.train;

/** A run folder that cannot be used; one sentence with the remedy. */
public final class RunException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An error with one sentence. */
  public RunException(String message) {
    super(message);
  }

  /** An error with one sentence and what lies behind it. */
  public RunException(String message, Throwable cause) {
    super(message, cause);
  }
}
