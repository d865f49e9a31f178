/**
 * The one door to a GPU. So far it holds {@link org.basisar.gpu.DriverProbe}, which asks whether
 * the machine has a CUDA driver and which devices it offers.
 *
 * <p>Only this room may touch JCuda or call native code through {@link java.lang.foreign.Linker}.
 * Tensors and shapes may not enter: it knows bytes and addresses.
 */
@NullMarked
package org.basisar.gpu;

import org.jspecify.annotations.NullMarked;
