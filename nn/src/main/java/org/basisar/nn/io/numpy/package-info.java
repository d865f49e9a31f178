/**
 * NumPy's files: single arrays ({@code .npy}) and zips of them ({@code .npz}).
 *
 * <p>The room reads plain numbers and nothing else: arrays of objects, which are programs for
 * Python's unpickler, and structured types are refused unread. Every array says in its header how
 * long it is; that is compared with what the file holds before anybody sets aside memory for it.
 * Large arrays pass through as streams. The room knows no tensors and no meaning of an array's
 * name.
 */
@NullMarked
package org.basisar.nn.io.numpy;

import org.jspecify.annotations.NullMarked;
