/**
 * MAR: masked autoregressive generation with a diffusion loss per token. Network, loss and sampler;
 * the basis is applied to what goes in and comes out, as with xAR. Neither data nor command line
 * may enter.
 */
@NullMarked
package org.basisar.bar.mar;

import org.jspecify.annotations.NullMarked;
