/**
 * The one door to a GPU: the seam ({@link org.basisar.gpu.Gpu} and what it gives out), and {@link
 * org.basisar.gpu.DriverProbe}, which asks whether the machine has a CUDA driver. The seam has two
 * implementations, {@code jcuda} for real devices and {@code sim}, which executes the same PTX in
 * Java.
 *
 * <p>Only this room and those below it may touch JCuda or call native code through {@link
 * java.lang.foreign.Linker}. Tensors and shapes may not enter: it knows bytes and addresses.
 */
@NullMarked
package org.basisar.gpu;

import org.jspecify.annotations.NullMarked;
