@NullMarked
package org.basisar.bar.metrics;

import org.jspecify.annotations.NullMarked;
