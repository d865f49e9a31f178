/** Tests of the room for NumPy's files. */
@NullMarked
package org.basisar.nn.io.numpy;

import org.jspecify.annotations.NullMarked;
