package org.basisar.nn.io;

import java.util.List;

/** A checkpoint that cannot be published or opened. One sentence says why. */
public final class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String[] faults;

  CheckpointException(String message, List<String> faults) {
    super(message);
    this.faults = faults.toArray(String[]::new);
  }

  CheckpointException(String message, Throwable cause) {
    super(message, cause);
    this.faults = new String[0];
  }

  /** Every single fault that was found, one sentence each; empty if the system itself refused. */
  public List<String> faults() {
    return List.of(faults);
  }
}
