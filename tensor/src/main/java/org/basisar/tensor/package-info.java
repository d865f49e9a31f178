/**
 * Tensors, the closed set of operations on them, and the devices that execute these operations.
 *
 * <p>A tensor is a typed, strided view of storage that belongs to a {@link
 * org.basisar.tensor.Scope}. Every computation is an {@link org.basisar.tensor.Op}, executed by
 * {@link org.basisar.tensor.Engine}. Gradients, layers and models may not enter this room: it knows
 * how to compute, not why.
 */
@NullMarked
package org.basisar.tensor;

import org.jspecify.annotations.NullMarked;
