package org.basisar.tensor.cuda;

import java.lang.foreign.MemorySegment;
import org.basisar.gpu.Gpu;
import org.basisar.gpu.GpuStream;

/**
 * Copies of host arrays to the device, in the order of the compute stream. They go through two
 * page-locked buffers in turn, each filled by one write after the other, so that the host waits
 * only when it comes back to a buffer whose copies are not done: never for a few small values.
 */
final class StagedWrites {
  private static final long BUFFER_BYTES = 1 << 20;
  private static final long ALIGNMENT = 16;

  private final GpuStream compute;
  private final PinnedBuffer[] buffers;
  private int current;
  private long filled;

  StagedWrites(Gpu gpu, GpuStream compute) {
    this.compute = compute;
    buffers =
        new PinnedBuffer[] {PinnedBuffer.of(gpu, BUFFER_BYTES), PinnedBuffer.of(gpu, BUFFER_BYTES)};
  }

  /** Enqueues a copy; the host's memory may be changed when this returns. */
  void write(long target, MemorySegment host) {
    long bytes = host.byteSize();
    for (long done = 0; done < bytes; ) {
      if (filled == BUFFER_BYTES) {
        turn();
      }
      long now = Math.min(BUFFER_BYTES - filled, bytes - done);
      MemorySegment part = buffers[current].segment().asSlice(filled, now);
      part.copyFrom(host.asSlice(done, now));
      compute.copyToDevice(target + done, part, now);
      filled = Math.min(BUFFER_BYTES, (filled + now + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
      done += now;
    }
  }

  private void turn() {
    compute.record(buffers[current].done());
    current = 1 - current;
    filled = 0;
    buffers[current].done().synchronize();
  }
}
