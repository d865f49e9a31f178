package org.basisar.gpu.sim;

/**
 * When a simulated device runs what was enqueued on its streams. Every order is one that a device
 * may take too: a stream keeps its own order, and between streams events alone order. A program
 * that gives other numbers in another order lacks an event.
 */
public enum StreamOrder {
  /** At once, so that a fault comes from the call that enqueued the work. */
  AT_ONCE,

  /**
   * As late as possible, when the host waits for it or for what waits for it: shows whoever uses
   * what has not arrived, and host memory that is used again while a copy is pending.
   */
  LATE,

  /**
   * Copies from the host as early as the events before them allow, all else as late as possible:
   * shows copies into memory that earlier work still has to read.
   */
  UPLOADS_EARLY
}
