/**
 * Kernels that combine many elements into one, in an order that depends on shapes alone. What is
 * combined along the way of a normalisation or an optimiser has a package of its own.
 */
@NullMarked
package org.basisar.kernels.reduction;

import org.jspecify.annotations.NullMarked;
