package org.basisar.gpu;

/** A point in a stream's queue that others can wait for and measure from. */
public interface GpuEvent extends AutoCloseable {
  /** Blocks the calling thread until the point is reached. */
  void synchronize();

  /** Whether the point has been reached; true also if never recorded. */
  boolean isDone();

  /** Milliseconds of device time from {@code earlier} to this; both must have been reached. */
  float millisecondsSince(GpuEvent earlier);

  @Override
  void close();
}
