package org.basisar.gpu.jcuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUevent;
import jcuda.driver.JCudaDriver;
import org.basisar.gpu.Blas;
import org.basisar.gpu.Dnn;
import org.basisar.gpu.FusedBlas;
import org.basisar.gpu.Gpu;
import org.basisar.gpu.GpuEvent;
import org.basisar.gpu.GpuException;
import org.basisar.gpu.GpuModule;
import org.basisar.gpu.GpuOutOfMemoryException;
import org.basisar.gpu.GpuProperties;
import org.basisar.gpu.GpuStream;
import org.basisar.gpu.PinnedMemory;
import org.basisar.gpu.PtxSignature;
import org.basisar.gpu.Solver;
import org.jspecify.annotations.Nullable;

/**
 * A real GPU, in the device's primary context, which cuBLAS and the other libraries share. Memory
 * comes from the driver's default pool where there is one, told to keep what is freed.
 */
public final class CudaGpu implements Gpu {
  /** The GPU whose context is current on this thread. */
  private static final ThreadLocal<@Nullable CudaGpu> CURRENT = new ThreadLocal<>();

  /** Makes pinned memory usable by every context. */
  private static final int HOST_PORTABLE = 1;

  private static final int MEMORY_POOLS_SUPPORTED = 115;

  private final CUdevice device = new CUdevice();
  private final Handles.Context context = new Handles.Context();
  private final LoadedLibraries libraries;
  private final GpuProperties properties;
  private final DriverExtras extras;
  private final Handles.Stream allocationStream = new Handles.Stream();
  private final boolean pooled;
  private final Map<Long, Long> allocations = new ConcurrentHashMap<>();
  private final Set<AutoCloseable> children = ConcurrentHashMap.newKeySet();
  private final CudaBlas blas;
  private @Nullable CudaSolver solver;
  private @Nullable CudaDnn dnn;
  private @Nullable BlasLt fused;
  private boolean closed;

  /** Opens a device that is known to exist. */
  CudaGpu(int ordinal, int driverVersion, LoadedLibraries libraries) {
    this.libraries = libraries;
    JcudaNatives.load(
        JcudaNatives.Family.DRIVER,
        libraries.cudaMajor(),
        () -> JCudaDriver.setExceptionsEnabled(true));
    NativeStatus driver = NativeStatus.DRIVER;
    driver.check("cuInit", () -> JCudaDriver.cuInit(0));
    driver.check("cuDeviceGet", () -> JCudaDriver.cuDeviceGet(device, ordinal));
    driver.check(
        "cuDevicePrimaryCtxRetain", () -> JCudaDriver.cuDevicePrimaryCtxRetain(context, device));
    try {
      makeCurrent();
      this.properties = properties(driverVersion);
      this.extras = new DriverExtras(ForeignLibrary.load("libcuda.so.1"));
      driver.check(
          "cuStreamCreate",
          () -> JCudaDriver.cuStreamCreate(allocationStream, CudaStream.NON_BLOCKING));
      this.pooled = attribute(MEMORY_POOLS_SUPPORTED) != 0;
      if (pooled) {
        extras.keepFreedMemory(ordinal);
      }
      this.blas = new CudaBlas(this, libraries);
    } catch (GpuException e) {
      // Whatever else goes wrong now, the first failure is the one to tell.
      if (allocationStream.value() != 0) {
        driver.attempt(() -> JCudaDriver.cuStreamDestroy(allocationStream));
      }
      CURRENT.remove();
      driver.attempt(() -> JCudaDriver.cuDevicePrimaryCtxRelease(device));
      throw e;
    }
  }

  private GpuProperties properties(int driverVersion) {
    byte[] name = new byte[256];
    NativeStatus.DRIVER.check(
        "cuDeviceGetName", () -> JCudaDriver.cuDeviceGetName(name, name.length, device));
    int length = 0;
    while (length < name.length && name[length] != 0) {
      length++;
    }
    long[] bytes = new long[1];
    NativeStatus.DRIVER.check(
        "cuDeviceTotalMem", () -> JCudaDriver.cuDeviceTotalMem(bytes, device));
    return new GpuProperties(
        new String(name, 0, length, StandardCharsets.UTF_8),
        attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
        attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
        attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
        bytes[0],
        driverVersion);
  }

  private int attribute(int number) {
    int[] value = new int[1];
    NativeStatus.DRIVER.check(
        "cuDeviceGetAttribute", () -> JCudaDriver.cuDeviceGetAttribute(value, number, device));
    return value[0];
  }

  /** Makes this device's context the calling thread's, if it is not. */
  void makeCurrent() {
    if (CURRENT.get() != this) {
      NativeStatus.DRIVER.check("cuCtxSetCurrent", () -> JCudaDriver.cuCtxSetCurrent(context));
      CURRENT.set(this);
    }
  }

  DriverExtras extras() {
    return extras;
  }

  CudaBlas cudaBlas() {
    return blas;
  }

  /** Forgets something that closed itself. */
  void closed(AutoCloseable child) {
    children.remove(child);
  }

  private <T extends AutoCloseable> T held(T child) {
    children.add(child);
    return child;
  }

  @Override
  public GpuProperties properties() {
    return properties;
  }

  @Override
  public long allocate(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("cannot allocate " + bytes + " bytes");
    }
    makeCurrent();
    DeviceAddress address = new DeviceAddress();
    int status = allocate(address, bytes);
    if (status == NativeStatus.OUT_OF_MEMORY && pooled) {
      // What other pools' users freed may still lie in this pool, in pieces of the wrong size.
      extras.trimPool();
      status = allocate(address, bytes);
    }
    if (status == NativeStatus.OUT_OF_MEMORY) {
      throw new GpuOutOfMemoryException(outOfMemory(bytes), bytes);
    }
    if (status != 0) {
      throw NativeStatus.DRIVER.failure(pooled ? "cuMemAllocAsync" : "cuMemAlloc", status);
    }
    allocations.put(address.address(), bytes);
    return address.address();
  }

  private int allocate(DeviceAddress address, long bytes) {
    if (!pooled) {
      return NativeStatus.DRIVER.attempt(() -> JCudaDriver.cuMemAlloc(address, bytes));
    }
    int status =
        NativeStatus.DRIVER.attempt(
            () -> JCudaDriver.cuMemAllocAsync(address, bytes, allocationStream));
    // After this the block may be used on every stream.
    return status != 0
        ? status
        : NativeStatus.DRIVER.attempt(() -> JCudaDriver.cuStreamSynchronize(allocationStream));
  }

  private String outOfMemory(long bytes) {
    long[] free = new long[1];
    long[] total = new long[1];
    NativeStatus.DRIVER.attempt(() -> JCudaDriver.cuMemGetInfo(free, total));
    long own = allocations.values().stream().mapToLong(Long::longValue).sum();
    return String.format(
        Locale.ROOT,
        "%s has no %.1f MB left: %.1f of %.1f MB are free, this process holds %.1f MB; use a"
            + " smaller batch or model, or end what else uses the GPU",
        properties.name(),
        bytes / 1e6,
        free[0] / 1e6,
        total[0] / 1e6,
        own / 1e6);
  }

  @Override
  public void free(long address) {
    if (allocations.remove(address) == null) {
      throw new IllegalArgumentException(
          "address " + Long.toHexString(address) + " is no block of this device");
    }
    makeCurrent();
    DeviceAddress block = new DeviceAddress(address);
    if (pooled) {
      NativeStatus.DRIVER.check(
          "cuMemFreeAsync", () -> JCudaDriver.cuMemFreeAsync(block, allocationStream));
    } else {
      NativeStatus.DRIVER.check("cuMemFree", () -> JCudaDriver.cuMemFree(block));
    }
  }

  @Override
  public PinnedMemory allocatePinned(long bytes) {
    makeCurrent();
    HostAddress address = new HostAddress();
    int status =
        NativeStatus.DRIVER.attempt(
            () -> JCudaDriver.cuMemHostAlloc(address, bytes, HOST_PORTABLE));
    if (status == NativeStatus.OUT_OF_MEMORY) {
      throw new GpuOutOfMemoryException(
          "the host has no " + bytes + " bytes of page-locked memory left; close other programs",
          bytes);
    }
    if (status != 0) {
      throw NativeStatus.DRIVER.failure("cuMemHostAlloc", status);
    }
    return held(new Pinned(this, address.address(), bytes));
  }

  /** Page-locked memory of this GPU. */
  private static final class Pinned implements PinnedMemory {
    private final CudaGpu gpu;
    private final long address;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;

    Pinned(CudaGpu gpu, long address, long bytes) {
      this.gpu = gpu;
      this.address = address;
      this.segment = MemorySegment.ofAddress(address).reinterpret(bytes, arena, null);
    }

    @Override
    public MemorySegment segment() {
      return segment;
    }

    @Override
    public void close() {
      if (arena.scope().isAlive()) {
        arena.close();
        gpu.closed(this);
        gpu.makeCurrent();
        NativeStatus.DRIVER.check(
            "cuMemFreeHost", () -> JCudaDriver.cuMemFreeHost(new HostAddress(address)));
      }
    }
  }

  @Override
  public GpuStream newStream() {
    makeCurrent();
    return held(new CudaStream(this));
  }

  @Override
  public GpuEvent newEvent() {
    makeCurrent();
    CUevent event = new CUevent();
    NativeStatus.DRIVER.check("cuEventCreate", () -> JCudaDriver.cuEventCreate(event, 0));
    return held(new CudaEvent(this, event));
  }

  @Override
  public GpuModule load(String name, String ptx) {
    makeCurrent();
    Handles.Module module = extras.loadModule(name, ptx);
    return held(new CudaModule(this, name, module, PtxSignature.ofModule(ptx)));
  }

  CudaGraph newGraph(Handles.Graph graph) {
    return held(new CudaGraph(this, graph));
  }

  @Override
  public Blas blas() {
    return blas;
  }

  @Override
  public synchronized Solver solver() {
    if (solver == null) {
      makeCurrent();
      solver = new CudaSolver(this, libraries);
    }
    return solver;
  }

  @Override
  public synchronized Dnn dnn() {
    if (dnn == null) {
      makeCurrent();
      dnn = new CudaDnn(this, libraries);
    }
    return dnn;
  }

  @Override
  public synchronized Optional<FusedBlas> fusedBlas() {
    if (fused == null) {
      makeCurrent();
      fused = new BlasLt(this, libraries.get(CudaLibrary.CUBLAS_LT));
    }
    return Optional.of(fused);
  }

  /**
   * Encodes what the tensor memory accelerator needs, from compute capability 9.0 on.
   *
   * @param owner where the 128 bytes shall live, aligned to 128
   */
  public MemorySegment encode(TensorMap map, Arena owner) {
    return extras.encode(map, owner);
  }

  @Override
  public void synchronize() {
    makeCurrent();
    NativeStatus.DRIVER.check("cuCtxSynchronize", JCudaDriver::cuCtxSynchronize);
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    List<GpuException> failures = new ArrayList<>();
    attempt(failures, this::synchronize);
    attempt(failures, blas::close);
    if (solver != null) {
      attempt(failures, solver::close);
    }
    if (dnn != null) {
      attempt(failures, dnn::close);
    }
    if (fused != null) {
      attempt(failures, fused::close);
    }
    for (AutoCloseable child : List.copyOf(children)) {
      switch (child) {
        case GpuStream stream -> attempt(failures, stream::close);
        case GpuEvent event -> attempt(failures, event::close);
        case GpuModule module -> attempt(failures, module::close);
        case PinnedMemory memory -> attempt(failures, memory::close);
        case CudaGraph graph -> attempt(failures, graph::close);
        default -> throw new AssertionError(child);
      }
    }
    for (long address : List.copyOf(allocations.keySet())) {
      attempt(failures, () -> free(address));
    }
    attempt(failures, this::releaseContext);
    if (!failures.isEmpty()) {
      throw failures.getFirst();
    }
  }

  private void releaseContext() {
    NativeStatus driver = NativeStatus.DRIVER;
    driver.check("cuStreamSynchronize", () -> JCudaDriver.cuStreamSynchronize(allocationStream));
    driver.check("cuStreamDestroy", () -> JCudaDriver.cuStreamDestroy(allocationStream));
    CURRENT.remove();
    driver.check("cuDevicePrimaryCtxRelease", () -> JCudaDriver.cuDevicePrimaryCtxRelease(device));
  }

  /** After a kernel fault everything fails; what can still be released is released all the same. */
  private static void attempt(List<GpuException> failures, Runnable step) {
    try {
      step.run();
    } catch (GpuException e) {
      failures.add(e);
    }
  }

  @Override
  public String toString() {
    return properties.name();
  }
}
