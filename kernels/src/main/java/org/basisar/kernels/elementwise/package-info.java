/**
 * Kernels whose every result element depends on the operands' elements at the same place, and
 * random numbers. Nothing that reduces may enter.
 */
@NullMarked
package org.basisar.kernels.elementwise;

import org.jspecify.annotations.NullMarked;
