/** Attention: rotary positions, and softmax attention with its gradient. */
@NullMarked
package org.basisar.kernels.attention;

import org.jspecify.annotations.NullMarked;
