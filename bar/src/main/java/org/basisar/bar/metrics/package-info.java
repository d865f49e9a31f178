/**
 * Figures about generated images: distances between sets of features, scores of class
 * distributions, a small classifier that makes features without a download, files of statistics,
 * and what a basis does with images.
 *
 * <p>Features are plain arrays, so that the networks below take the classifier's place. Command
 * lines and run folders may not enter.
 */
@NullMarked
package org.basisar.bar.metrics;

import org.jspecify.annotations.NullMarked;
