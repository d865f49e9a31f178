/**
 * What a run does from beginning to end: train with progress and checkpoints, generate, draw,
 * report.
 *
 * <p>The command line calls this room; it takes finished configurations, not words.
 */
@NullMarked
package org.basisar.bar.run;

import org.jspecify.annotations.NullMarked;
