package org.basisar.gpu;

/** The device has not enough memory left. */
public final class GpuOutOfMemoryException extends GpuException {
  private static final long serialVersionUID = 1L;

  private final long requestedBytes;

  /** A request that could not be met, with one sentence on who holds the memory. */
  public GpuOutOfMemoryException(String message, long requestedBytes) {
    super(message, 2);
    this.requestedBytes = requestedBytes;
  }

  /** What was asked for. */
  public long requestedBytes() {
    return requestedBytes;
  }
}
