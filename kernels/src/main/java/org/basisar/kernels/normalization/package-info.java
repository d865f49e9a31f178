/**
 * Kernels of normalisations over the last axis and their gradients. The sums over rows that weights
 * need are finished by the kernels of reductions.
 */
@NullMarked
package org.basisar.kernels.normalization;

import org.jspecify.annotations.NullMarked;
