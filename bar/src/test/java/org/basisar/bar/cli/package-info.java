/** The command as users meet it: words in, files and sentences out. */
@NullMarked
package org.basisar.bar.cli;

import org.jspecify.annotations.NullMarked;
