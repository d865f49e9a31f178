package org.basisar.tensor;

import org.jspecify.annotations.Nullable;

/**
 * An operation defined outside this project. It is executed on the CPU in fp64 whatever the dtype
 * of its operands, and brings its own gradient.
 */
public non-sealed interface CustomOp extends Op {
  /**
   * Computes the results.
   *
   * @param inputs the operands' elements, row-major, as doubles
   * @param outputs the results' elements, row-major, to be filled
   */
  void compute(double[][] inputs, double[][] outputs);

  /**
   * The gradients of a scalar with respect to each operand.
   *
   * @param inputs the operands of the forward execution
   * @param outputs its results
   * @param gradients gradient for each result, null where the scalar does not depend on it
   * @return one entry per operand, null where the operand has no gradient
   */
  @Nullable Tensor[] backward(Tensor[] inputs, Tensor[] outputs, @Nullable Tensor[] gradients);
}
