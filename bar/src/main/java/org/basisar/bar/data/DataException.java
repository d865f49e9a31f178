package org.basisar.bar.data;

import org.jspecify.annotations.Nullable;

/**
 * A data source that cannot be used. The message is one sentence for the user: which file, what is
 * wrong with which value, what to do.
 */
public final class DataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A fault found by this package. */
  public DataException(String message) {
    super(message);
  }

  /** A fault that a reader below reported as {@code cause}. */
  public DataException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
