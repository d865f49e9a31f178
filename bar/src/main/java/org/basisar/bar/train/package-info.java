/**
 * A run: its configuration, its data order, the training step, and the folder it is kept in.
 *
 * <p>The mathematics is in {@code xar} and {@code basis}, pictures in {@code picture} and {@code
 * report}; this room only puts them together.
 */
@NullMarked
package org.basisar.bar.train;

import org.jspecify.annotations.NullMarked;
