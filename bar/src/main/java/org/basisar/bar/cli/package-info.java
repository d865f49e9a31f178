/**
 * The {@code bar} command: words in, sentences out.
 *
 * <p>Options are checked and turned into configurations here; what a run does is in {@code run}. A
 * user's mistake is answered with one sentence, never with a stack trace.
 */
@NullMarked
package org.basisar.bar.cli;

import org.jspecify.annotations.NullMarked;
