@NullMarked
package org.basisar.bar.discrete;

import org.jspecify.annotations.NullMarked;
