/** Tests of the run report with whole, half-written, missing and hostile run folders. */
@NullMarked
package org.basisar.bar.report;

import org.jspecify.annotations.NullMarked;
