/** Tests of the files a run leaves behind, most of them with input that wants to do harm. */
@NullMarked
package org.basisar.nn.io;

import org.jspecify.annotations.NullMarked;
