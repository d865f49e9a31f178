package org.basisar.nn;

import org.basisar.tensor.DType;
import org.basisar.tensor.Random;

/**
 * What modules need to come into being.
 *
 * @param dtype of all parameters, norms, and of the residual stream: F32, or F64 for checks
 * @param products dtype of the operands of matrix products and attention: the same, or BF16 for
 *     mixed precision with sums in F32
 * @param initial generator of initial values; every parameter takes one draw, in order of creation
 * @param training generator that dropout draws from while training
 */
public record Setup(DType dtype, DType products, Random initial, Random training) {
  /** Everything in one dtype. */
  public Setup(DType dtype, Random initial, Random training) {
    this(dtype, dtype, initial, training);
  }
}
