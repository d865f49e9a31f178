/**
 * Measurements: micro-benchmarks, the paper's cost tables, and comparisons with peers. Its tests
 * also guard the order of the modules, because only here are all of them in view.
 *
 * <p>Nothing that a user of the library needs may live here.
 */
@NullMarked
package org.basisar.bench;

import org.jspecify.annotations.NullMarked;
