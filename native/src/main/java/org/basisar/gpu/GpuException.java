package org.basisar.gpu;

/** The device, its driver or one of its libraries reported an error. */
public class GpuException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  /**
   * An error.
   *
   * @param message one sentence: what was asked, what was answered, what to do
   * @param status the library's status code; 0 if there is none
   */
  public GpuException(String message, int status) {
    super(message);
    this.status = status;
  }

  /** The library's status code; 0 if there is none. */
  public final int status() {
    return status;
  }
}
