package org.basisar.gpu;

import java.lang.foreign.MemorySegment;

/** Page-locked host memory. */
public interface PinnedMemory extends AutoCloseable {
  /** The memory; invalid after {@link #close}. */
  MemorySegment segment();

  @Override
  void close();
}
