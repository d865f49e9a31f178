package org.basisar.bench;

/** A contestant's training step on a {@link StepCase}; state goes on from step to step. */
public interface TrainingStep extends AutoCloseable {
  /**
   * Forward, backward, clipping, AdamW and averaging.
   *
   * @return the loss before the update
   */
  double step();

  @Override
  void close();
}
