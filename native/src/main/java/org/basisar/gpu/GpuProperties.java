package org.basisar.gpu;

/**
 * What a device is.
 *
 * @param name the vendor's name, or {@code simulated device}
 * @param computeMajor compute capability, 8 for Ampere
 * @param computeMinor compute capability after the dot
 * @param multiprocessors number of streaming multiprocessors
 * @param totalBytes device memory
 * @param driverVersion newest CUDA version the driver supports, 1000·major + 10·minor
 */
public record GpuProperties(
    String name,
    int computeMajor,
    int computeMinor,
    int multiprocessors,
    long totalBytes,
    int driverVersion) {}
