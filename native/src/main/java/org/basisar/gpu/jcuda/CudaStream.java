package org.basisar.gpu.jcuda;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import org.basisar.gpu.GpuEvent;
import org.basisar.gpu.GpuGraph;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.GpuStream;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;

/** A stream that does not wait for the legacy default stream. */
public final class CudaStream implements GpuStream {
  static final int NON_BLOCKING = CUstream_flags.CU_STREAM_NON_BLOCKING;

  /** Other threads may go on allocating while this one records. */
  private static final int CAPTURE_THREAD_LOCAL = 1;

  private final CudaGpu gpu;
  private final Handles.Stream stream = new Handles.Stream();
  private boolean closed;

  CudaStream(CudaGpu gpu) {
    this.gpu = gpu;
    NativeStatus.DRIVER.check(
        "cuStreamCreate", () -> JCudaDriver.cuStreamCreate(stream, NON_BLOCKING));
  }

  Handles.Stream handle() {
    return stream;
  }

  @Override
  public void launch(GpuKernel kernel, Grid grid, Parameters parameters) {
    gpu.makeCurrent();
    Handles.Function function = ((CudaKernel) kernel).function();
    HostAddress block = HostAddress.of(parameters.block());
    try (Nvtx.Range _ = Nvtx.range(kernel.name())) {
      NativeStatus.DRIVER.check(
          "the launch of " + kernel.name(),
          () ->
              JCudaDriver.cuLaunchKernel(
                  function,
                  grid.blocksX(),
                  grid.blocksY(),
                  grid.blocksZ(),
                  grid.threadsX(),
                  grid.threadsY(),
                  grid.threadsZ(),
                  grid.sharedBytes(),
                  stream,
                  block,
                  null));
    } finally {
      // The driver read the block by its bare address.
      Reference.reachabilityFence(parameters);
    }
  }

  /**
   * Runs a kernel with attributes that the plain launch does not have.
   *
   * @param clusterX blocks of a cluster along x, which must divide the grid; 1 for none
   * @param overlapsPrevious whether blocks may start before the previous kernel has ended; the
   *     kernel must then wait itself ({@code griddepcontrol.wait})
   */
  public void launch(
      GpuKernel kernel, Grid grid, Parameters parameters, int clusterX, boolean overlapsPrevious) {
    gpu.makeCurrent();
    try (Nvtx.Range _ = Nvtx.range(kernel.name())) {
      gpu.extras()
          .launch(
              ((CudaKernel) kernel).function().value(),
              kernel.name(),
              grid,
              parameters.block(),
              stream.value(),
              clusterX,
              overlapsPrevious);
    } finally {
      Reference.reachabilityFence(parameters);
    }
  }

  @Override
  public void copyToDevice(long target, MemorySegment source, long bytes) {
    checkRange(source, bytes);
    gpu.makeCurrent();
    HostAddress from = HostAddress.of(source);
    DeviceAddress to = new DeviceAddress(target);
    NativeStatus.DRIVER.check(
        "cuMemcpyHtoDAsync", () -> JCudaDriver.cuMemcpyHtoDAsync(to, from, bytes, stream));
  }

  @Override
  public void copyToHost(MemorySegment target, long source, long bytes) {
    checkRange(target, bytes);
    gpu.makeCurrent();
    HostAddress to = HostAddress.of(target);
    DeviceAddress from = new DeviceAddress(source);
    NativeStatus.DRIVER.check(
        "cuMemcpyDtoHAsync", () -> JCudaDriver.cuMemcpyDtoHAsync(to, from, bytes, stream));
  }

  private static void checkRange(MemorySegment segment, long bytes) {
    if (bytes < 0 || bytes > segment.byteSize()) {
      throw new IllegalArgumentException(
          "cannot copy " + bytes + " bytes: the segment has " + segment.byteSize());
    }
  }

  @Override
  public void copy(long target, long source, long bytes) {
    gpu.makeCurrent();
    DeviceAddress to = new DeviceAddress(target);
    DeviceAddress from = new DeviceAddress(source);
    NativeStatus.DRIVER.check(
        "cuMemcpyDtoDAsync", () -> JCudaDriver.cuMemcpyDtoDAsync(to, from, bytes, stream));
  }

  @Override
  public void fill(long target, byte value, long bytes) {
    gpu.makeCurrent();
    DeviceAddress to = new DeviceAddress(target);
    NativeStatus.DRIVER.check(
        "cuMemsetD8Async", () -> JCudaDriver.cuMemsetD8Async(to, value, bytes, stream));
  }

  @Override
  public void record(GpuEvent event) {
    gpu.makeCurrent();
    NativeStatus.DRIVER.check(
        "cuEventRecord", () -> JCudaDriver.cuEventRecord(((CudaEvent) event).handle(), stream));
  }

  @Override
  public void waitFor(GpuEvent event) {
    gpu.makeCurrent();
    NativeStatus.DRIVER.check(
        "cuStreamWaitEvent",
        () -> JCudaDriver.cuStreamWaitEvent(stream, ((CudaEvent) event).handle(), 0));
  }

  @Override
  public void synchronize() {
    gpu.makeCurrent();
    NativeStatus.DRIVER.check("cuStreamSynchronize", () -> JCudaDriver.cuStreamSynchronize(stream));
  }

  @Override
  public void beginCapture() {
    gpu.makeCurrent();
    // Made now, as its workspace could not be allocated during the capture.
    gpu.cudaBlas().prepare(this);
    NativeStatus.DRIVER.check(
        "cuStreamBeginCapture",
        () -> JCudaDriver.cuStreamBeginCapture(stream, CAPTURE_THREAD_LOCAL));
  }

  @Override
  public GpuGraph endCapture() {
    gpu.makeCurrent();
    Handles.Graph graph = new Handles.Graph();
    NativeStatus.DRIVER.check(
        "cuStreamEndCapture", () -> JCudaDriver.cuStreamEndCapture(stream, graph));
    return gpu.newGraph(graph);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      gpu.closed(this);
      gpu.makeCurrent();
      gpu.cudaBlas().release(this);
      NativeStatus.DRIVER.check("cuStreamDestroy", () -> JCudaDriver.cuStreamDestroy(stream));
    }
  }
}
