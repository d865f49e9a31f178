/**
 * The peers: libtorch through DJL on the same shapes and weights. Compiled only with the profile
 * {@code peers}, so that nobody downloads libtorch who did not ask for it.
 */
@NullMarked
package org.basisar.bench.peer;

import org.jspecify.annotations.NullMarked;
