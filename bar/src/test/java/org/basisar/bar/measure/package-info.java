@NullMarked
package org.basisar.bar.measure;

import org.jspecify.annotations.NullMarked;
