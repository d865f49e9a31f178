package org.basisar.gpu;

import java.util.Optional;

/**
 * One GPU, real or simulated: memory, streams, kernels, and the dense libraries. Device addresses
 * are plain {@code long}s; nothing here knows tensors or shapes.
 *
 * <p>A Gpu may be used from several threads; a {@link GpuStream} from one at a time. Every method
 * throws {@link GpuException} if the device or a library reports an error.
 */
public interface Gpu extends AutoCloseable {
  /** What this device is. */
  GpuProperties properties();

  /**
   * Device memory, 256-byte aligned, contents undefined.
   *
   * @param bytes at least 1
   * @throws GpuOutOfMemoryException if the device has no such block left
   */
  long allocate(long bytes);

  /** Gives memory back; {@code address} must come from {@link #allocate} and not be in use. */
  void free(long address);

  /** Page-locked host memory, which asynchronous copies need. */
  PinnedMemory allocatePinned(long bytes);

  /** A new in-order queue. */
  GpuStream newStream();

  /** A new event, unrecorded. */
  GpuEvent newEvent();

  /**
   * Loads PTX text.
   *
   * @param name file name for messages
   * @throws GpuException with the compiler's log if the driver refuses it
   */
  GpuModule load(String name, String ptx);

  /** Matrix products on this device. */
  Blas blas();

  /** Dense decompositions on this device. */
  Solver solver();

  /**
   * Convolutions on this device.
   *
   * @throws GpuException if this device has none
   */
  default Dnn dnn() {
    throw new GpuException(properties().name() + " has no convolutions; use --device cpu", 0);
  }

  /** Products fused with bias and activation; empty if this device has none. */
  default Optional<FusedBlas> fusedBlas() {
    return Optional.empty();
  }

  /** Waits until everything enqueued on any stream is done. */
  void synchronize();

  /** Releases everything this object still holds. */
  @Override
  void close();
}
