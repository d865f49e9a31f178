/**
 * Kernels of the optimiser's part of a training step, which go over all parameters in one launch by
 * a table in device memory.
 */
@NullMarked
package org.basisar.kernels.optimization;

import org.jspecify.annotations.NullMarked;
