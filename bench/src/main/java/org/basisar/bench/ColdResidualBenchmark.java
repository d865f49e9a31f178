package org.basisar.bench;

import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;

/** {@link ResidualPaths} with operands that no cache of the processor holds. */
public class ColdResidualBenchmark extends ResidualPaths {
  private final Sweep sweep = new Sweep();

  /** Empties the caches before a call, outside the time that is taken. */
  @Setup(Level.Invocation)
  public void sweep() {
    sweep.run();
  }
}
