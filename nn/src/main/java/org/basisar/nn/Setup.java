package org.basisar.nn;

import org.basisar.tensor.DType;
import org.basisar.tensor.Random;

/**
 * What modules need to come into being.
 *
 * @param dtype of all parameters: F32, or F64 for checks
 * @param initial generator of initial values; every parameter takes one draw, in order of creation
 * @param training generator that dropout draws from while training
 */
public record Setup(DType dtype, Random initial, Random training) {}
