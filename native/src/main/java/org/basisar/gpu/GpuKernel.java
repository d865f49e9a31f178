package org.basisar.gpu;

/** A loaded kernel, ready to be launched. */
public interface GpuKernel {
  /** Its C name. */
  String name();

  /** Its parameters, as the device code declares them. */
  PtxSignature signature();

  /**
   * Allows a launch with more dynamic shared memory than the 48 KiB every device grants.
   *
   * @throws GpuException if the device has less
   */
  void allowSharedBytes(int bytes);
}
