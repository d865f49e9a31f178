package org.basisar.tensor.cuda;

import java.lang.foreign.MemorySegment;

/** Java arrays as memory segments. */
final class HostMemory {
  private HostMemory() {}

  static MemorySegment segment(Object array) {
    return switch (array) {
      case float[] values -> MemorySegment.ofArray(values);
      case double[] values -> MemorySegment.ofArray(values);
      case short[] values -> MemorySegment.ofArray(values);
      case int[] values -> MemorySegment.ofArray(values);
      case byte[] values -> MemorySegment.ofArray(values);
      default -> throw new IllegalArgumentException("not an array of numbers: " + array.getClass());
    };
  }
}
