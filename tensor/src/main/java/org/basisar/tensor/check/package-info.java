/**
 * The one table of operation cases, and how far a result may be from the fp64 reference.
 *
 * <p>Every test that runs over all operations reads this table: precision, gradients, devices,
 * determinism, and the self-test of a distribution. Assertions of a test framework may not enter
 * this room.
 */
@NullMarked
package org.basisar.tensor.check;

import org.jspecify.annotations.NullMarked;
