/** Kernels that move or choose elements; the only arithmetic here is the sum in a scatter. */
@NullMarked
package org.basisar.kernels.movement;

import org.jspecify.annotations.NullMarked;
