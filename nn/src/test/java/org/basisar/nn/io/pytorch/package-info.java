/** Tests of PyTorch's files, on bytes that the tests put together themselves. */
@NullMarked
package org.basisar.nn.io.pytorch;

import org.jspecify.annotations.NullMarked;
