/**
 * The CUDA back end: every operation as kernel launches and library calls on one stream of one
 * {@link org.basisar.gpu.Gpu}, real or simulated. One class per family of operations binds tensors
 * to launchers; arithmetic may not enter, it lives in {@code org.basisar.kernels}.
 */
@NullMarked
package org.basisar.tensor.cuda;

import org.jspecify.annotations.NullMarked;
