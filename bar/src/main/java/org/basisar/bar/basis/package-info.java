/**
 * The paper's idea: tokens written in a learned orthogonal basis. The basis itself, its projection,
 * and the objectives that train it together with a network.
 *
 * <p>Nothing here knows where tokens come from or what a network looks like inside.
 */
@NullMarked
package org.basisar.bar.basis;

import org.jspecify.annotations.NullMarked;
