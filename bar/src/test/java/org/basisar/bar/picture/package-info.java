/** Tests of the pictures: exact pixels, well-formed markup, files that are whole or not there. */
@NullMarked
package org.basisar.bar.picture;

import org.jspecify.annotations.NullMarked;
