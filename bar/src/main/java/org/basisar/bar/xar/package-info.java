/**
 * The xAR generator: the order of its cells, its network, and its sampler.
 *
 * <p>The network is the published one at any size; it knows nothing of the basis its tokens are
 * written in. Training and pictures live elsewhere.
 */
@NullMarked
package org.basisar.bar.xar;

import org.jspecify.annotations.NullMarked;
