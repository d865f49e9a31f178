@NullMarked
package org.basisar.bar.mar;

import org.jspecify.annotations.NullMarked;
