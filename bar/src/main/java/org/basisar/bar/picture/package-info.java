/**
 * Pictures of what a run learned: grids of samples, heat maps of basis vectors, generation by
 * prefix, and curves.
 *
 * <p>Everything here goes from plain arrays to pixels or to markup. Tensors, models and devices may
 * not enter: whoever wants a picture copies the numbers to the host first. Nothing here needs a
 * screen, and nothing fails on a machine without fonts, because a training run must never end over
 * a label.
 */
@NullMarked
package org.basisar.bar.picture;

import org.jspecify.annotations.NullMarked;
