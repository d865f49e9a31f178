/** Tests of the networks that make features, against plain loops. */
@NullMarked
package org.basisar.bar.metrics.network;

import org.jspecify.annotations.NullMarked;
