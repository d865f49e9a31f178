/**
 * Measurements for people without a benchmark harness: what a device can do at most, and what the
 * engine makes of it. Nothing here decides anything; other packages may not depend on it, except
 * the command line.
 */
@NullMarked
package org.basisar.bar.measure;

import org.jspecify.annotations.NullMarked;
