package org.basisar.tensor.cuda;

import java.lang.foreign.MemorySegment;
import org.basisar.gpu.Gpu;
import org.basisar.gpu.GpuEvent;
import org.basisar.gpu.PinnedMemory;

/**
 * Page-locked memory with an event that marks when the device is done with it.
 *
 * @param memory the memory
 * @param done recorded behind the last copy; the host waits for it before it touches the memory
 */
record PinnedBuffer(PinnedMemory memory, GpuEvent done) {
  static PinnedBuffer of(Gpu gpu, long bytes) {
    return new PinnedBuffer(gpu.allocatePinned(bytes), gpu.newEvent());
  }

  MemorySegment segment() {
    return memory.segment();
  }

  /** Waits until the device is done with it, then gives it back. */
  void close() {
    done.synchronize();
    done.close();
    memory.close();
  }
}
