/**
 * The extension to discrete tokens (paper appendix E): images as code indices of a codebook, an
 * autoregressive network over them, and A as a permutation matrix that is fixed, random or learned.
 *
 * <p>What a run does with files and pictures is in {@code bar.run}; continuous tokens and their
 * bases stay outside.
 */
@NullMarked
package org.basisar.bar.discrete;

import org.jspecify.annotations.NullMarked;
