/**
 * What networks are built and trained with: layers, initial values, optimisers, schedules, and the
 * files that weights are read from and written to.
 *
 * <p>Images, and anything that is particular to the paper, may not enter.
 */
@NullMarked
package org.basisar.nn;

import org.jspecify.annotations.NullMarked;
