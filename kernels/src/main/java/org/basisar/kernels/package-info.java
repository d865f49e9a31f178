/**
 * The device code of the engine. A kernel is three files of one stem: the CUDA source {@code
 * src/main/cuda/<family>/<name>.cu}, the PTX compiled from it (a committed resource), and the Java
 * class in the package {@code <family>} that launches it and states its geometry.
 *
 * <p>Addresses and extents come in, launches go out. Tensors, gradients and models may not enter.
 */
@NullMarked
package org.basisar.kernels;

import org.jspecify.annotations.NullMarked;
