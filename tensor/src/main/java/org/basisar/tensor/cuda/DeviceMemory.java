package org.basisar.tensor.cuda;

import org.basisar.tensor.DType;

/** A block of device memory, as {@link org.basisar.tensor.Storage#memory} on a GPU. */
record DeviceMemory(long address, DType dtype, int elements) {}
