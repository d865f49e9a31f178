package org.basisar.gpu.sim;

/** One recording of an event: a place in a stream's queue, which the stream reaches once. */
final class Mark {
  private final SimulatedStream stream;
  private boolean reached;
  private long nanoseconds;

  Mark(SimulatedStream stream) {
    this.stream = stream;
  }

  boolean reached() {
    return reached;
  }

  void reach() {
    reached = true;
    nanoseconds = System.nanoTime();
  }

  /** Lets the stream run until it has come here. */
  void await() {
    stream.runTo(this);
  }

  /** When it was reached, on this machine's clock. */
  long nanoseconds() {
    return nanoseconds;
  }
}
