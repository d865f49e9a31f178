/** Tests of the launchers of the paper's own kernels, on the simulated device. */
@NullMarked
package org.basisar.kernels.basis;

import org.jspecify.annotations.NullMarked;
