package org.basisar.gpu.jcuda;

import jcuda.driver.CUdeviceptr;

/** Memory of a device as JCuda wants it. */
final class DeviceAddress extends CUdeviceptr {
  private static final CUdeviceptr ZERO = new CUdeviceptr();

  /** An address that a call fills in. */
  DeviceAddress() {}

  /** This address. */
  DeviceAddress(long address) {
    super(ZERO, address);
  }

  long address() {
    return getNativePointer() + getByteOffset();
  }
}
