/** Tests of the kernels' launchers, on the simulated device. */
@NullMarked
package org.basisar.kernels.movement;

import org.jspecify.annotations.NullMarked;
