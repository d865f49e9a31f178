@NullMarked
package org.basisar.tensor.cuda;

import org.jspecify.annotations.NullMarked;
