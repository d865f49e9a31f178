package org.basisar.tensor;

/** An operation bound to its operands, ready to run any number of times without allocating. */
@FunctionalInterface
public interface Launch {
  /** Runs to completion (CPU) or enqueues on the device's stream. */
  void run();
}
