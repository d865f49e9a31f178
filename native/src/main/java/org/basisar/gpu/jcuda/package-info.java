/**
 * Real GPUs: the seam of {@link org.basisar.gpu} on JCuda, with {@link java.lang.foreign} beside it
 * for what JCuda lacks. {@link org.basisar.gpu.jcuda.CudaGpus} is the entrance; it finds the driver
 * and NVIDIA's libraries first, and only then touches a class that mentions JCuda, so that a
 * program on the CPU never loads one.
 *
 * <p>JCuda's native halves want the libraries of CUDA 12. {@link
 * org.basisar.gpu.jcuda.JcudaNatives} unpacks them to a private folder and, where the machine has
 * CUDA 13, renames the libraries they ask for on the way.
 *
 * <p>Kernels and anything about tensors may not enter.
 */
@NullMarked
package org.basisar.gpu.jcuda;

import org.jspecify.annotations.NullMarked;
