/**
 * The paper's ablation tables on any data: which runs there are, running them one after another,
 * and comparing what came out.
 *
 * <p>Arms are ordinary run folders, trained and evaluated by the room {@code run}. How a table
 * looks on a page is no business of this room.
 */
@NullMarked
package org.basisar.bar.ablation;

import org.jspecify.annotations.NullMarked;
