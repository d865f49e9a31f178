/**
 * The simulated GPU: the seam of {@link org.basisar.gpu} in plain Java. It interprets the PTX that
 * is shipped, warp by warp, and watches every access to memory; matrix products and decompositions
 * are computed on the CPU with the rounding of the element type.
 *
 * <p>It knows PTX and bytes. Which kernels there are, and what they mean, may not enter; nor may
 * anything that makes a simulated kernel behave better than the device would.
 */
@NullMarked
package org.basisar.gpu.sim;

import org.jspecify.annotations.NullMarked;
