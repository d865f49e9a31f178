package org.basisar.gpu.sim;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.basisar.gpu.GpuEvent;
import org.basisar.gpu.GpuException;
import org.basisar.gpu.GpuGraph;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.GpuStream;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.jspecify.annotations.Nullable;

/** A queue that runs everything at once, or records it. */
final class SimulatedStream implements GpuStream {
  private static final int STATUS_CAPTURE = 901;

  private final SimulatedGpu gpu;
  private @Nullable List<Runnable> recorded;

  SimulatedStream(SimulatedGpu gpu) {
    this.gpu = gpu;
  }

  /** Runs a piece of work, or records it. */
  void enqueue(Runnable work) {
    if (recorded != null) {
      recorded.add(work);
    } else {
      work.run();
    }
  }

  @Override
  public void launch(GpuKernel kernel, Grid grid, Parameters parameters) {
    if (!(kernel instanceof SimulatedKernel simulated) || !simulated.belongsTo(gpu)) {
      throw new GpuException("kernel " + kernel.name() + " was loaded on another device", 400);
    }
    parameters.complete();
    simulated.check(grid);
    byte[] block = simulated.pack(parameters);
    enqueue(() -> gpu.run(simulated, grid, block));
  }

  @Override
  public void copyToDevice(long target, MemorySegment source, long bytes) {
    enqueue(() -> gpu.copyToDevice(target, source, bytes));
  }

  @Override
  public void copyToHost(MemorySegment target, long source, long bytes) {
    enqueue(() -> gpu.copyToHost(target, source, bytes));
  }

  @Override
  public void copy(long target, long source, long bytes) {
    enqueue(() -> gpu.copy(target, source, bytes));
  }

  @Override
  public void fill(long target, byte value, long bytes) {
    enqueue(() -> gpu.fill(target, value, bytes));
  }

  @Override
  public void record(GpuEvent event) {
    enqueue(((SimulatedEvent) event)::record);
  }

  @Override
  public void waitFor(GpuEvent event) {
    // Whatever the event marks was done when it was enqueued.
  }

  @Override
  public void synchronize() {
    if (recorded != null) {
      throw new GpuException("cannot synchronize a stream that records a graph", STATUS_CAPTURE);
    }
  }

  @Override
  public void beginCapture() {
    if (recorded != null) {
      throw new GpuException("the stream records a graph already", STATUS_CAPTURE);
    }
    recorded = new ArrayList<>();
    gpu.captureBegins();
  }

  @Override
  public GpuGraph endCapture() {
    List<Runnable> nodes = recorded;
    if (nodes == null) {
      throw new GpuException(
          "the stream records no graph; begin the capture first", STATUS_CAPTURE);
    }
    recorded = null;
    gpu.captureEnds();
    return new SimulatedGraph(nodes);
  }

  @Override
  public void close() {
    if (recorded != null) {
      recorded = null;
      gpu.captureEnds();
    }
  }
}
