package org.basisar.gpu;

import java.lang.foreign.MemorySegment;

/**
 * An in-order queue of work on a device. All methods but {@link #synchronize} and {@link #close}
 * enqueue and may return before the work is done.
 */
public interface GpuStream extends AutoCloseable {
  /** Runs a kernel. The parameters are read before this returns. */
  void launch(GpuKernel kernel, Grid grid, Parameters parameters);

  /**
   * Copies host to device.
   *
   * @param source off-heap memory that must stay unchanged until the copy is done
   */
  void copyToDevice(long target, MemorySegment source, long bytes);

  /** Copies device to host; the bytes are there after {@link #synchronize}. */
  void copyToHost(MemorySegment target, long source, long bytes);

  /** Copies within the device; the ranges must not overlap. */
  void copy(long target, long source, long bytes);

  /** Sets every byte. */
  void fill(long target, byte value, long bytes);

  /** Marks this point of the queue. */
  void record(GpuEvent event);

  /** Lets later work of this stream wait for an event recorded elsewhere. */
  void waitFor(GpuEvent event);

  /** Blocks the calling thread until the queue is empty. */
  void synchronize();

  /**
   * Begins to record instead of to run: until {@link #endCapture} everything enqueued here becomes
   * a node of a graph. Nothing may be allocated or synchronised meanwhile.
   */
  void beginCapture();

  /** Ends the recording and makes it launchable. */
  GpuGraph endCapture();

  @Override
  void close();
}
