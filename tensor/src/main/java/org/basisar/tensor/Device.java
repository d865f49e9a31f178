package org.basisar.tensor;

import org.basisar.gpu.Gpu;
import org.basisar.tensor.cpu.CpuBackend;
import org.basisar.tensor.cuda.CudaBackend;

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

  /**
   * A GPU, real or simulated, as a device.
   *
   * @param name what to call it in messages, e.g. {@code cuda:0}
   */
  public static Device on(String name, Gpu gpu) {
    return new Device(name, new CudaBackend(gpu));
  }

  /** The device on which this thread makes new tensors; the CPU unless {@link #use} was called. */
  public static Device current() {
    return Engine.state().device;
  }

  /**
   * Makes {@code device} the one on which this thread makes new tensors.
   *
   * @return the one it replaces
   */
  public static Device use(Device device) {
    Engine.State state = Engine.state();
    Device before = state.device;
    state.device = device;
    return before;
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
