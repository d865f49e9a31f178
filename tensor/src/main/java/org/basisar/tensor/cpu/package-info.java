/**
 * The processor as a device: the reference kernels in fp64 and the fast kernels in fp32.
 *
 * <p>Kernels compute on arrays whose shapes an operation has already checked. The fast ones take
 * raw arrays with offsets, allocate nothing while they compute, and give the same bits for any
 * number of threads: every output element is computed by one thread in one fixed order. Gradients,
 * scopes and decisions about when to run may not enter this room.
 */
@NullMarked
package org.basisar.tensor.cpu;

import org.jspecify.annotations.NullMarked;
