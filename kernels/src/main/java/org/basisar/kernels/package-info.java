/**
 * Holds the CUDA sources and their launchers as they arrive; there are none yet.
 *
 * <p>A kernel is three files side by side: the source, what was compiled from it, and the Java
 * class that launches it. Gradients and models may not enter.
 */
@NullMarked
package org.basisar.kernels;

import org.jspecify.annotations.NullMarked;
