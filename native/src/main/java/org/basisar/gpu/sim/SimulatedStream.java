package org.basisar.gpu.sim;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
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

/** A queue of work, run when the device's {@link StreamOrder} says so, or recorded. */
final class SimulatedStream implements GpuStream {
  private static final int STATUS_CAPTURE = 901;

  private sealed interface Work {}

  private record Run(Runnable body) implements Work {}

  private record Upload(Runnable body) implements Work {}

  private record Reach(Mark mark) implements Work {}

  private record Await(Mark mark) implements Work {}

  private final SimulatedGpu gpu;
  private final ArrayDeque<Work> pending = new ArrayDeque<>();
  private @Nullable List<Runnable> recorded;

  SimulatedStream(SimulatedGpu gpu) {
    this.gpu = gpu;
  }

  /** Enqueues a piece of work, or records it. */
  void enqueue(Runnable work) {
    if (recorded != null) {
      recorded.add(work);
    } else {
      enqueue(new Run(work));
    }
  }

  private void enqueue(Work work) {
    synchronized (gpu) {
      pending.add(work);
      gpu.enqueuedOn(this);
    }
  }

  /** Runs everything that is pending, and what it waits for on other streams. */
  void runAll() {
    while (!pending.isEmpty()) {
      runNext();
    }
  }

  /** Forgets what is pending. */
  void drop() {
    pending.clear();
  }

  /** Runs until a mark of this stream is reached. */
  void runTo(Mark mark) {
    while (!mark.reached()) {
      runNext();
    }
  }

  /** Runs copies from the host that are next and wait for nothing. */
  void runUploads() {
    while (nextIsEarly()) {
      runNext();
    }
  }

  private boolean nextIsEarly() {
    return switch (pending.peek()) {
      case Upload _, Reach _ -> true;
      case Await wait -> wait.mark().reached();
      case Run _ -> false;
      case null -> false;
    };
  }

  private void runNext() {
    if (pending.peek() instanceof Await wait) {
      // It stays at the head, as the way to the mark may set this very stream going.
      wait.mark().await();
      if (pending.peek() instanceof Await next && next.mark() == wait.mark()) {
        pending.remove();
      }
      return;
    }
    // Taken out first, for it may be at fault.
    switch (pending.remove()) {
      case Run work -> work.body().run();
      case Upload copy -> copy.body().run();
      case Reach place -> {
        place.mark().reach();
        gpu.markReached();
      }
      case Await _ -> {}
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
    Runnable copy = () -> gpu.copyToDevice(target, source, bytes);
    if (recorded != null) {
      recorded.add(copy);
    } else {
      enqueue(new Upload(copy));
    }
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
    refuseWhileRecording("record an event on");
    synchronized (gpu) {
      Mark mark = new Mark(this);
      ((SimulatedEvent) event).recorded(mark);
      enqueue(new Reach(mark));
    }
  }

  @Override
  public void waitFor(GpuEvent event) {
    refuseWhileRecording("let an event hold up");
    synchronized (gpu) {
      Mark mark = ((SimulatedEvent) event).latest();
      if (mark != null && !gpu.ignoresStreamWaits()) {
        enqueue(new Await(mark));
      }
    }
  }

  private void refuseWhileRecording(String what) {
    if (recorded != null) {
      throw new GpuException("cannot " + what + " a stream that records a graph", STATUS_CAPTURE);
    }
  }

  @Override
  public void synchronize() {
    refuseWhileRecording("synchronize");
    synchronized (gpu) {
      runAll();
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

  /** Runs what is pending, as a device would. */
  @Override
  public void close() {
    if (recorded != null) {
      recorded = null;
      gpu.captureEnds();
    }
    synchronized (gpu) {
      runAll();
      gpu.closed(this);
    }
  }
}
