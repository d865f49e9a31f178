package org.basisar.gpu.sim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.basisar.gpu.PinnedMemory;

/** Off-heap memory; nothing needs to be pinned. */
final class SimulatedPinnedMemory implements PinnedMemory {
  private static final int ALIGNMENT = 256;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment segment;

  SimulatedPinnedMemory(long bytes) {
    segment = arena.allocate(bytes, ALIGNMENT);
  }

  @Override
  public MemorySegment segment() {
    return segment;
  }

  @Override
  public void close() {
    if (segment.scope().isAlive()) {
      arena.close();
    }
  }
}
