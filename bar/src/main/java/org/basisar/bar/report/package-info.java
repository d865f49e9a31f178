/**
 * The page that tells a run to a reader: curves, samples, basis, settings, and how to do it again.
 *
 * <p>It reads only what a run folder holds and the facts it is handed, so that it can be written
 * while the run goes on, after it, or on another machine. Nothing here trains, samples or draws
 * images, and nothing in the page refers outside the page.
 */
@NullMarked
package org.basisar.bar.report;

import org.jspecify.annotations.NullMarked;
