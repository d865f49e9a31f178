package org.basisar.gpu.sim;

import org.basisar.gpu.GpuEvent;
import org.basisar.gpu.GpuException;

/** A moment on this machine's clock. */
final class SimulatedEvent implements GpuEvent {
  private boolean recorded;
  private long nanoseconds;

  synchronized void record() {
    recorded = true;
    nanoseconds = System.nanoTime();
  }

  @Override
  public void synchronize() {
    // Work is done when it has been enqueued.
  }

  @Override
  public boolean isDone() {
    return true;
  }

  @Override
  public float millisecondsSince(GpuEvent earlier) {
    SimulatedEvent before = (SimulatedEvent) earlier;
    return (moment() - before.moment()) / 1e6f;
  }

  private synchronized long moment() {
    if (!recorded) {
      throw new GpuException("the event was never recorded; record it on a stream first", 400);
    }
    return nanoseconds;
  }

  @Override
  public void close() {
    // Holds nothing.
  }
}
