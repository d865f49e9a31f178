/** What a run generates and draws, from tiny untrained models. */
@NullMarked
package org.basisar.bar.run;

import org.jspecify.annotations.NullMarked;
