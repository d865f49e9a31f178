package org.basisar.bench;

import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;

/** Calls that do nothing: what JMH itself takes of the heap while it counts others' bytes. */
public class NothingBenchmark extends CpuBenchmark {
  /** Waits as long as an operation may take. */
  @Benchmark
  public void waiting() {
    LockSupport.parkNanos(100_000);
  }
}
