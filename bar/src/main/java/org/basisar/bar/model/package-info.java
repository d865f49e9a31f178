/**
 * What the rest of a run needs to know of a network, whichever it is.
 *
 * <p>Neither networks nor tensors may enter, only the contract they share.
 */
@NullMarked
package org.basisar.bar.model;

import org.jspecify.annotations.NullMarked;
