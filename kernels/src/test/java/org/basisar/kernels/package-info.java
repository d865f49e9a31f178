@NullMarked
package org.basisar.kernels;

import org.jspecify.annotations.NullMarked;
