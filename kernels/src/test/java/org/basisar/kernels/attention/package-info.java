/** Tests of the attention launchers against plain Java. */
@NullMarked
package org.basisar.kernels.attention;

import org.jspecify.annotations.NullMarked;
