/**
 * Files a run leaves behind and reads again: JSON, safetensors and checkpoint folders.
 *
 * <p>The room works on arrays, buffers and paths. It knows element types and shapes, but no
 * tensors, layers or optimisers: those fill and drain arrays, and this package makes sure that what
 * reaches the disk is whole and that what comes back was checked before anybody believes it. Every
 * reader here treats its input as hostile.
 */
@NullMarked
package org.basisar.nn.io;

import org.jspecify.annotations.NullMarked;
