package org.basisar.tensor;

import org.basisar.tensor.cpu.CpuBackend;

/** Where tensors live and operations run. */
public final class Device {
  /** The processor this program runs on. */
  public static final Device CPU = new Device("cpu", new CpuBackend());

  private final String name;
  private final Backend backend;
  private final Pool pool;

  Device(String name, Backend backend) {
    this.name = name;
    this.backend = backend;
    this.pool = new Pool(backend);
  }

  /** {@code cpu}. */
  public String name() {
    return name;
  }

  /** Bytes of tensor memory in use now (pooled free blocks not counted). */
  public long outstandingBytes() {
    return pool.outstandingBytes();
  }

  /** The greatest value {@link #outstandingBytes} has had. */
  public long peakBytes() {
    return pool.peakBytes();
  }

  /** Gives free pooled memory back to the system. */
  public void trim() {
    pool.trim();
  }

  Backend backend() {
    return backend;
  }

  Pool pool() {
    return pool;
  }

  @Override
  public String toString() {
    return name;
  }
}
