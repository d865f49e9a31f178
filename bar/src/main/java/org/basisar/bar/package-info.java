/**
 * Basis autoregressive image generation: the paper's method, its models, training, sampling, and
 * the command line on top of them.
 *
 * <p>Benchmark harnesses may not enter.
 */
@NullMarked
package org.basisar.bar;

import org.jspecify.annotations.NullMarked;
