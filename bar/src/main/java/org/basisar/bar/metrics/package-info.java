/**
 * Figures about generated images that need no downloaded network: distances between sets of
 * features, a small classifier that makes the features, and what a basis does with images.
 *
 * <p>Features are plain arrays, so that another network's can take the classifier's place. Command
 * lines and run folders may not enter.
 */
@NullMarked
package org.basisar.bar.metrics;

import org.jspecify.annotations.NullMarked;
