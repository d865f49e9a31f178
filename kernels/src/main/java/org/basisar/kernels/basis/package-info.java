/**
 * The paper's own kernels: the basis transform, the residual loss, and the orthogonality of the
 * basis. A is [N, N] or [M, N] with the basis vectors as rows; tokens are [images, N, channels].
 */
@NullMarked
package org.basisar.kernels.basis;

import org.jspecify.annotations.NullMarked;
