@NullMarked
package org.basisar.bar.vae;

import org.jspecify.annotations.NullMarked;
