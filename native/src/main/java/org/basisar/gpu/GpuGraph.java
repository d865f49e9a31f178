package org.basisar.gpu;

/** A recorded sequence of device work, launched as one. */
public interface GpuGraph extends AutoCloseable {
  /** Enqueues the whole sequence; allocates nothing. */
  void launch(GpuStream stream);

  /** Number of recorded nodes. */
  int size();

  @Override
  void close();
}
