package org.basisar.tensor;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.basisar.gpu.Gpu;
import org.basisar.gpu.GpuOutOfMemoryException;
import org.basisar.gpu.jcuda.CudaGpus;
import org.basisar.gpu.sim.SimulatedGpu;
import org.basisar.tensor.cpu.CpuBackend;
import org.basisar.tensor.cuda.CudaBackend;

/** Where tensors live and operations run. */
public final class Device {
  /** The processor this program runs on. */
  public static final Device CPU = new Device("cpu", new CpuBackend());

  private static final Map<Integer, Device> CUDA = new ConcurrentHashMap<>();

  private final String name;
  private final Backend backend;
  private final Pool pool;
  private final Set<Pool> programPools = ConcurrentHashMap.newKeySet();
  private final AtomicLong retries = new AtomicLong();
  private final AtomicLong peakHeld = new AtomicLong();
  private volatile boolean watchingPeak;

  Device(String name, Backend backend) {
    this.name = name;
    this.backend = backend;
    this.pool = new Pool(this);
  }

  /**
   * A GPU, real or simulated, as a device.
   *
   * @param name what to call it in messages, e.g. {@code cuda:0}
   */
  public static Device on(String name, Gpu gpu) {
    return new Device(name, new CudaBackend(gpu));
  }

  /**
   * A device by its name; asking again gives the same one.
   *
   * @param name {@code cpu}, {@code sim} for a GPU simulated on the processor, {@code cuda} or
   *     {@code cuda:n} for GPU n of this machine, or {@code auto} for {@code cuda} where it can be
   *     used, else {@code cpu}
   * @throws IllegalArgumentException if the name is none of these
   * @throws org.basisar.gpu.GpuException if there is no such GPU, or a library for it is missing
   */
  public static Device named(String name) {
    return switch (name) {
      case "cpu" -> CPU;
      case "sim" -> Simulated.DEVICE;
      case "cuda" -> named("cuda:0");
      case "auto" -> CudaGpus.available() ? named("cuda:0") : CPU;
      default -> {
        if (!name.matches("cuda:[0-9]{1,4}")) {
          throw new IllegalArgumentException(
              "there is no device " + name + "; use cpu, sim, cuda, cuda:n or auto");
        }
        int ordinal = Integer.parseInt(name.substring(5));
        yield CUDA.computeIfAbsent(ordinal, n -> on("cuda:" + n, CudaGpus.open(n)));
      }
    };
  }

  /** Made when first asked for. */
  private static final class Simulated {
    static final Device DEVICE = on("sim", SimulatedGpu.create());

    private Simulated() {}
  }

  /**
   * The device on which this thread makes new tensors; the CPU unless {@link #use} was called. F64
   * tensors are made on the CPU all the same: other devices have no operations for them.
   */
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

  /** Runs {@code body} with this device as the thread's current one, then restores the old. */
  public <T> T call(Supplier<T> body) {
    Device before = use(this);
    try {
      return body.get();
    } finally {
      use(before);
    }
  }

  /** Where tensors of a dtype are made while this device is current: F64 stays on the CPU. */
  Device holding(DType dtype) {
    return dtype == DType.F64 ? CPU : this;
  }

  /** Waits until all work launched on this device is done. */
  public void synchronize() {
    backend.synchronize();
  }

  /** One line on what computes: instruction set, or card and libraries. */
  public String describe() {
    return backend.describe();
  }

  /** Bytes of memory that this device has in all; of the CPU, what the Java heap may grow to. */
  public long memoryBytes() {
    return backend.memoryBytes();
  }

  /** Ways to compute some operations that are only taken when asked for. */
  public List<Alternative> alternatives() {
    return backend.alternatives();
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

  /**
   * Gives free pooled memory back to the system, and work space that no captured program is bound
   * to; captured programs keep their memory.
   */
  public void trim() {
    pool.trim();
    backend.trim();
  }

  /** Bytes of freed blocks kept for reuse. */
  public long cachedBytes() {
    return pool.cachedBytes();
  }

  /** Bytes that captured programs hold for their intermediate results. */
  public long programBytes() {
    return programPools.stream()
        .mapToLong(held -> held.outstandingBytes() + held.cachedBytes())
        .sum();
  }

  /**
   * Bytes of work space that kernels keep from one run to the next: as much as the largest of them
   * needed so far, or since {@link #trim}.
   */
  public long workBytes() {
    return backend.workBytes();
  }

  /**
   * Bytes that nobody else can have now: tensors in use, all that captured programs hold, and the
   * kernels' work space.
   */
  public long heldBytes() {
    return tensorBytes() + workBytes();
  }

  private long tensorBytes() {
    return outstandingBytes() + programBytes();
  }

  /** Begins anew to watch {@link #peakHeldBytes}, which costs a little at every allocation. */
  public void watchPeak() {
    peakHeld.set(tensorBytes());
    watchingPeak = true;
  }

  /**
   * The greatest sum of tensors in use and what captured programs hold since {@link #watchPeak} was
   * called, and the work space there is now, which only {@link #trim} makes smaller.
   */
  public long peakHeldBytes() {
    return peakHeld.get() + workBytes();
  }

  /** A pool has given out a block. */
  void notePeak() {
    if (watchingPeak) {
      peakHeld.accumulateAndGet(tensorBytes(), Math::max);
    }
  }

  /** How often a request was met only after cached memory had been given back. */
  public long allocationRetries() {
    return retries.get();
  }

  /** A pool for a program that is being captured. */
  Pool newProgramPool() {
    Pool own = new Pool(this);
    programPools.add(own);
    return own;
  }

  /** Gives back the memory of a closed program. */
  void closeProgramPool(Pool own) {
    own.trim();
    programPools.remove(own);
  }

  /**
   * Makes a request that takes device memory; if there is none left, once more after cached memory
   * was given back.
   */
  <T> T retrying(Supplier<T> request) {
    try {
      return request.get();
    } catch (GpuOutOfMemoryException _) {
      trim();
    }
    try {
      T result = request.get();
      retries.incrementAndGet();
      return result;
    } catch (GpuOutOfMemoryException e) {
      throw new GpuOutOfMemoryException(outOfMemory(e.requestedBytes()), e.requestedBytes());
    }
  }

  /** One sentence on who holds this device's memory. */
  String outOfMemory(long bytes) {
    return String.format(
        Locale.ROOT,
        "%s has no %s left: tensors hold %s (at most %s so far) and %d captured programs %s;"
            + " use a smaller batch or model, or more accumulation",
        name,
        megabytes(bytes),
        megabytes(pool.outstandingBytes()),
        megabytes(pool.peakBytes()),
        programPools.size(),
        megabytes(programBytes()));
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
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
