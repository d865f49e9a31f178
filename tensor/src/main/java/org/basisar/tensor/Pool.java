package org.basisar.tensor;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reuses freed blocks by dtype and size class: the caching allocator of a device's one compute
 * stream, whose order makes it safe to hand a block on while work on it is still queued. A captured
 * {@link Program} has a pool of its own, so that the memory its launches were bound to is never
 * handed to anybody else.
 *
 * <p>When the device has no memory left, the cached blocks of all its pools are given back and the
 * request is tried once more, before it fails.
 */
final class Pool {
  private static final double MOST_WASTE = 2;

  private record SizeClass(DType dtype, int elements) {}

  private final Device device;
  private final Map<SizeClass, ArrayDeque<Object>> free = new HashMap<>();
  private boolean shared;
  private long outstanding;
  private long cached;
  private long peak;

  Pool(Device device) {
    this.device = device;
  }

  /**
   * From now on blocks up to {@link #MOST_WASTE} times too large are given out as well: programs
   * that differ a little in shapes take turns here, and exact sizes would give each its own memory.
   */
  synchronized void share() {
    shared = true;
  }

  private synchronized SizeClass fitting(SizeClass wanted) {
    ArrayDeque<Object> exact = free.get(wanted);
    if (!shared || (exact != null && !exact.isEmpty())) {
      return wanted;
    }
    SizeClass best = wanted;
    for (Map.Entry<SizeClass, ArrayDeque<Object>> entry : free.entrySet()) {
      SizeClass size = entry.getKey();
      boolean fits =
          size.dtype() == wanted.dtype()
              && size.elements() > wanted.elements()
              && size.elements() <= MOST_WASTE * wanted.elements();
      if (fits
          && !entry.getValue().isEmpty()
          && (best.equals(wanted) || size.elements() < best.elements())) {
        best = size;
      }
    }
    return best;
  }

  Storage allocate(DType dtype, int elements) {
    SizeClass size = fitting(new SizeClass(dtype, roundUp(elements)));
    long bytes = bytes(size);
    Object memory = reuse(size);
    if (memory == null) {
      memory = device.retrying(() -> device.backend().allocate(size.dtype(), size.elements()));
    }
    synchronized (this) {
      outstanding += bytes;
      peak = Math.max(peak, outstanding);
    }
    device.notePeak();
    return new Storage(this, dtype, size.elements(), memory);
  }

  private synchronized @Nullable Object reuse(SizeClass size) {
    ArrayDeque<Object> blocks = free.get(size);
    Object memory = blocks == null ? null : blocks.pollLast();
    if (memory != null) {
      cached -= bytes(size);
    }
    return memory;
  }

  private static long bytes(SizeClass size) {
    return (long) size.elements() * size.dtype().bytes();
  }

  synchronized void release(Storage storage) {
    SizeClass size = new SizeClass(storage.dtype(), storage.capacity());
    outstanding -= bytes(size);
    cached += bytes(size);
    free.computeIfAbsent(size, _ -> new ArrayDeque<>()).addLast(storage.memory());
  }

  synchronized long outstandingBytes() {
    return outstanding;
  }

  synchronized long cachedBytes() {
    return cached;
  }

  synchronized long peakBytes() {
    return peak;
  }

  synchronized void trim() {
    for (ArrayDeque<Object> blocks : free.values()) {
      blocks.forEach(device.backend()::free);
    }
    free.clear();
    cached = 0;
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
