/**
 * Gradients: how a computation is recorded and how each operation is differentiated.
 *
 * <p>Layers and models may not enter; nor may anything that computes on its own instead of through
 * {@link org.basisar.tensor}.
 */
@NullMarked
package org.basisar.autograd;

import org.jspecify.annotations.NullMarked;
