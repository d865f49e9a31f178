/**
 * Kernels around matrix products. The products themselves are the dense library's, see {@link
 * org.basisar.gpu.Blas}.
 */
@NullMarked
package org.basisar.kernels.matrix;

import org.jspecify.annotations.NullMarked;
