package org.basisar.tensor;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * Reuses freed blocks by dtype and size class. A captured {@link Program} has a pool of its own, so
 * that the memory its launches were bound to is never handed to anybody else.
 */
final class Pool {
  private record SizeClass(DType dtype, int elements) {}

  private final Backend backend;
  private final Map<SizeClass, ArrayDeque<Object>> free = new HashMap<>();
  private long outstanding;
  private long peak;

  Pool(Backend backend) {
    this.backend = backend;
  }

  synchronized Storage allocate(DType dtype, int elements) {
    SizeClass size = new SizeClass(dtype, roundUp(elements));
    ArrayDeque<Object> blocks = free.get(size);
    Object memory = blocks == null ? null : blocks.pollLast();
    if (memory == null) {
      memory = backend.allocate(dtype, size.elements());
    }
    outstanding += (long) size.elements() * dtype.bytes();
    peak = Math.max(peak, outstanding);
    return new Storage(this, dtype, size.elements(), memory);
  }

  synchronized void release(Storage storage) {
    outstanding -= (long) storage.capacity() * storage.dtype().bytes();
    free.computeIfAbsent(
            new SizeClass(storage.dtype(), storage.capacity()), _ -> new ArrayDeque<>())
        .addLast(storage.memory());
  }

  synchronized long outstandingBytes() {
    return outstanding;
  }

  synchronized long peakBytes() {
    return peak;
  }

  synchronized void trim() {
    for (ArrayDeque<Object> blocks : free.values()) {
      blocks.forEach(backend::free);
    }
    free.clear();
  }

  Backend backend() {
    return backend;
  }

  /** Size classes are at most an eighth apart, so that near sizes share blocks. */
  static int roundUp(int elements) {
    if (elements <= 16) {
      return 16;
    }
    int step = Math.max(16, Integer.highestOneBit(elements - 1) >> 3);
    long rounded = ((long) elements + step - 1) / step * step;
    return (int) Math.min(rounded, Integer.MAX_VALUE - 8);
  }
}
