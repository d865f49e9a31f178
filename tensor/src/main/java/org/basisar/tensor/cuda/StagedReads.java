package org.basisar.tensor.cuda;

import java.lang.foreign.MemorySegment;
import org.basisar.gpu.Gpu;
import org.basisar.gpu.GpuStream;

/**
 * Copies from the device to host arrays through two page-locked buffers in turn: while the host
 * empties one, the device fills the other.
 */
final class StagedReads {
  private static final long BUFFER_BYTES = 1 << 20;

  private final GpuStream compute;
  private final PinnedBuffer[] buffers;

  StagedReads(Gpu gpu, GpuStream compute) {
    this.compute = compute;
    buffers =
        new PinnedBuffer[] {PinnedBuffer.of(gpu, BUFFER_BYTES), PinnedBuffer.of(gpu, BUFFER_BYTES)};
  }

  /** Copies once everything enqueued before is done, and waits for the copy. */
  void read(long source, MemorySegment host) {
    long bytes = host.byteSize();
    long parts = (bytes + BUFFER_BYTES - 1) / BUFFER_BYTES;
    for (long part = 0; part <= parts; part++) {
      if (part < parts) {
        fill(part, source, bytes);
      }
      if (part > 0) {
        empty(part - 1, host);
      }
    }
  }

  private void fill(long part, long source, long bytes) {
    PinnedBuffer buffer = buffers[(int) (part % 2)];
    long from = part * BUFFER_BYTES;
    compute.copyToHost(buffer.segment(), source + from, Math.min(BUFFER_BYTES, bytes - from));
    compute.record(buffer.done());
  }

  private void empty(long part, MemorySegment host) {
    PinnedBuffer buffer = buffers[(int) (part % 2)];
    long from = part * BUFFER_BYTES;
    buffer.done().synchronize();
    MemorySegment target = host.asSlice(from, Math.min(BUFFER_BYTES, host.byteSize() - from));
    target.copyFrom(buffer.segment().asSlice(0, target.byteSize()));
  }
}
