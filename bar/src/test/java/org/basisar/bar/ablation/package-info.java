@NullMarked
package org.basisar.bar.ablation;

import org.jspecify.annotations.NullMarked;
