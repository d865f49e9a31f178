/**
 * Kernels that make numbers out of counters. Each number depends on its place alone, never on the
 * geometry of a launch.
 */
@NullMarked
package org.basisar.kernels.generation;

import org.jspecify.annotations.NullMarked;
