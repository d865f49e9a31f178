/** Tests of latents on disk. */
@NullMarked
package org.basisar.bar.latent;

import org.jspecify.annotations.NullMarked;
