package org.basisar.bench;

/** Stands where a benchmark has not prepared its step yet. */
public record NoStep() implements TrainingStep {
  @Override
  public double step() {
    throw new IllegalStateException("the benchmark was not prepared");
  }

  @Override
  public void close() {}
}
