/** Layers, optimiser and schedules against their formulas. */
@NullMarked
package org.basisar.nn;

import org.jspecify.annotations.NullMarked;
