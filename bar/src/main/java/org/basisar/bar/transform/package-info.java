/**
 * Prior autoregressive methods as matrices on the token axis (paper §3.2): raster order, xAR cells,
 * PAR, RAR, VAR, FAR, FractalGen, TiTok, and the data-driven ones. Rows are basis vectors over
 * tokens in raster order.
 *
 * <p>Plain linear algebra in fp64. No networks, training or images may enter.
 */
@NullMarked
package org.basisar.bar.transform;

import org.jspecify.annotations.NullMarked;
