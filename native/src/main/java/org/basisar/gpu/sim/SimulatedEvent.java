package org.basisar.gpu.sim;

import org.basisar.gpu.GpuEvent;
import org.basisar.gpu.GpuException;
import org.jspecify.annotations.Nullable;

/** The last of its recordings; who waits for it waits for the one that was last then. */
final class SimulatedEvent implements GpuEvent {
  private final SimulatedGpu gpu;
  private @Nullable Mark latest;

  SimulatedEvent(SimulatedGpu gpu) {
    this.gpu = gpu;
  }

  void recorded(Mark mark) {
    latest = mark;
  }

  /** The last recording; null if there is none. */
  @Nullable Mark latest() {
    return latest;
  }

  @Override
  public void synchronize() {
    synchronized (gpu) {
      if (latest != null && !gpu.ignoresHostWaits()) {
        latest.await();
      }
    }
  }

  @Override
  public boolean isDone() {
    synchronized (gpu) {
      return latest == null || latest.reached();
    }
  }

  @Override
  public float millisecondsSince(GpuEvent earlier) {
    synchronized (gpu) {
      return (nanoseconds() - ((SimulatedEvent) earlier).nanoseconds()) / 1e6f;
    }
  }

  private long nanoseconds() {
    if (latest == null) {
      throw new GpuException("the event was never recorded; record it on a stream first", 400);
    }
    if (!latest.reached()) {
      throw new GpuException("the event has not been reached; wait for it first", 600);
    }
    return latest.nanoseconds();
  }

  @Override
  public void close() {
    // Holds nothing.
  }
}
