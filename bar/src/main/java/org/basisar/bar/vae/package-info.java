/**
 * The KL-16 autoencoder that turns images into latents and back. Its keys and shapes are those of
 * the public file.
 *
 * <p>The network and the reading of its weights belong here. Image files, caches and anything that
 * trains may not enter: the autoencoder is frozen.
 */
@NullMarked
package org.basisar.bar.vae;

import org.jspecify.annotations.NullMarked;
