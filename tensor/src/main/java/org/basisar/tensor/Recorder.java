package org.basisar.tensor;

/** Sees every operation its thread executes while installed; how a gradient tape listens. */
@FunctionalInterface
public interface Recorder {
  /**
   * Called after the operation ran.
   *
   * @param inputs the operands as given by the caller
   * @param outputs the results
   */
  void recorded(Op op, Tensor[] inputs, Tensor[] outputs);
}
