package org.basisar.gpu.jcuda;

import java.lang.foreign.MemorySegment;
import jcuda.Pointer;

/**
 * Off-heap memory of this process as JCuda wants it. {@code Pointer.to(buffer)} would arrive as
 * address 0 in parameters that JCuda takes for device addresses.
 */
final class HostAddress extends Pointer {
  /** An address that a call fills in. */
  HostAddress() {}

  /** This address. */
  HostAddress(long address) {
    super(address);
  }

  /**
   * The start of a segment.
   *
   * @throws IllegalArgumentException if the segment is on the heap, where it may move
   */
  static HostAddress of(MemorySegment segment) {
    if (!segment.isNative()) {
      throw new IllegalArgumentException("the GPU reads and writes off-heap memory only");
    }
    return new HostAddress(segment.address());
  }

  long address() {
    return getNativePointer() + getByteOffset();
  }
}
