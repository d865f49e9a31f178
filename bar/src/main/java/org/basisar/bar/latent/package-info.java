/**
 * Latents on disk: the cache that {@code bar encode} makes, the work of making it, and the layout
 * that MAR's code caches in. Every byte read here is untrusted: files are compared with what the
 * manifest says, and moments with their checksums whenever they are read. Networks but for the
 * autoencoder, training and tokens may not enter.
 */
@NullMarked
package org.basisar.bar.latent;

import org.jspecify.annotations.NullMarked;
