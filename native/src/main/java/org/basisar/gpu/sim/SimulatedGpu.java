package org.basisar.gpu.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import org.basisar.gpu.Blas;
import org.basisar.gpu.Dnn;
import org.basisar.gpu.Gpu;
import org.basisar.gpu.GpuEvent;
import org.basisar.gpu.GpuException;
import org.basisar.gpu.GpuModule;
import org.basisar.gpu.GpuOutOfMemoryException;
import org.basisar.gpu.GpuProperties;
import org.basisar.gpu.GpuStream;
import org.basisar.gpu.Grid;
import org.basisar.gpu.PinnedMemory;
import org.basisar.gpu.Solver;
import org.jspecify.annotations.Nullable;

/**
 * A GPU of compute capability 8.0 made of Java. Work runs when it is enqueued, so a {@link
 * KernelFaultException} comes from the call that launched the kernel, unless another {@link
 * StreamOrder} is chosen.
 *
 * <p>Every access of a kernel is checked: bounds, alignment, never-written bytes, copies in flight,
 * races within and between blocks, divergent barriers and shuffles, endless loops. What it cannot
 * show: the assembler's mistakes, time, weak memory order, the rounding of tensor cores' sums (here
 * double, rounded once), and the last bits of approximate functions.
 */
public final class SimulatedGpu implements Gpu {
  /** Streaming multiprocessors it claims to have; few, so that loops over the grid do loop. */
  static final int MULTIPROCESSORS = 4;

  private static final long DEFAULT_BUDGET = 1L << 30;
  private static final long DEFAULT_INSTRUCTIONS = 100_000_000;
  private static final int STATUS_INVALID = 1;

  /**
   * A block of memory in use.
   *
   * @param address of its first byte
   * @param bytes its size
   * @param ordinal which allocation it was, from 1 on
   */
  public record Allocation(long address, long bytes, long ordinal) {}

  /**
   * Counts since the device was made. They depend on nothing but the work.
   *
   * @param outstandingBytes allocated and not freed
   * @param peakBytes the greatest value of that
   * @param allocations number of blocks ever allocated
   * @param launches kernels run
   * @param warpInstructions instructions run, one for a warp
   * @param laneInstructions instructions run, one for each lane that took part
   */
  public record Statistics(
      long outstandingBytes,
      long peakBytes,
      long allocations,
      long launches,
      long warpInstructions,
      long laneInstructions) {}

  private final long budget;
  private final DeviceMemory memory = new DeviceMemory();
  private final Map<Long, Allocation> allocations = new TreeMap<>();
  private final Map<String, Long> launchesByKernel = new TreeMap<>();
  private final List<SimulatedPinnedMemory> pinned = new ArrayList<>();
  private final Blas blas = new SimulatedBlas(this);
  private final Solver solver = new SimulatedSolver(this);
  private final Dnn dnn = new SimulatedDnn(this);
  private int nextSerial = 1;
  private int captures;
  private long outstanding;
  private long peak;
  private long allocated;
  private long launches;
  private long warpInstructions;
  private long laneInstructions;
  private long failingAllocation;
  private boolean strictReads;
  private long instructionLimit = DEFAULT_INSTRUCTIONS;
  private @Nullable SplittableRandom warpOrder;
  private BinaryOperator<String> rewriting = (_, ptx) -> ptx;
  private final List<SimulatedStream> streams = new ArrayList<>();
  private StreamOrder streamOrder = StreamOrder.AT_ONCE;
  private boolean ignoresStreamWaits;
  private boolean ignoresHostWaits;

  private SimulatedGpu(long budget) {
    this.budget = budget;
  }

  /** A device with 1 GiB of memory. */
  public static SimulatedGpu create() {
    return create(DEFAULT_BUDGET);
  }

  /** A device with this many bytes of memory. */
  public static SimulatedGpu create(long budgetBytes) {
    return new SimulatedGpu(budgetBytes);
  }

  /** Whether copying never-written bytes to the host is a fault; it is not at first. */
  public synchronized SimulatedGpu strictReads(boolean strict) {
    strictReads = strict;
    return this;
  }

  /** Lets the n-th allocation from now on fail, 1 being the next; 0 lets none fail. */
  public synchronized SimulatedGpu failAllocation(long n) {
    failingAllocation = n;
    return this;
  }

  /** The most instructions a warp may run before it counts as endless. */
  public synchronized SimulatedGpu instructionLimit(long instructions) {
    instructionLimit = instructions;
    return this;
  }

  /** Shuffles the order of a block's warps between barriers, by which no result may change. */
  public synchronized SimulatedGpu shuffleWarps(long seed) {
    warpOrder = new SplittableRandom(seed);
    return this;
  }

  /**
   * Rewrites device code before it is loaded, so that a test can put a mistake into it.
   *
   * @param rewriting of a module's name and PTX to other PTX
   */
  public synchronized SimulatedGpu rewrite(BinaryOperator<String> rewriting) {
    this.rewriting = rewriting;
    return this;
  }

  /** Chooses when enqueued work runs; to be called before there is any. */
  public synchronized SimulatedGpu streamOrder(StreamOrder order) {
    streamOrder = order;
    return this;
  }

  /**
   * Takes waits for events out, so that a test can show what they are for.
   *
   * @param ofStreams whether {@link GpuStream#waitFor} does nothing
   * @param ofHost whether {@link GpuEvent#synchronize} does nothing
   */
  public synchronized SimulatedGpu ignoreWaits(boolean ofStreams, boolean ofHost) {
    ignoresStreamWaits = ofStreams;
    ignoresHostWaits = ofHost;
    return this;
  }

  boolean ignoresStreamWaits() {
    return ignoresStreamWaits;
  }

  boolean ignoresHostWaits() {
    return ignoresHostWaits;
  }

  /** Counts so far. */
  public synchronized Statistics statistics() {
    return new Statistics(
        outstanding, peak, allocated, launches, warpInstructions, laneInstructions);
  }

  /** How often each kernel was run, by its name; those that were not are not in it. */
  public synchronized Map<String, Long> launchesByKernel() {
    return Map.copyOf(launchesByKernel);
  }

  /** The blocks in use, by address; what is left after everything was freed has leaked. */
  public synchronized List<Allocation> outstanding() {
    return List.copyOf(allocations.values());
  }

  @Override
  public GpuProperties properties() {
    return new GpuProperties("simulated device", 8, 0, MULTIPROCESSORS, budget, 13000);
  }

  @Override
  public synchronized long allocate(long bytes) {
    if (bytes < 1) {
      throw new GpuException(
          "cannot allocate " + bytes + " bytes; ask for 1 or more", STATUS_INVALID);
    }
    refuseInCapture("allocate memory");
    if (failingAllocation > 0 && --failingAllocation == 0) {
      throw new GpuOutOfMemoryException(
          "allocation of " + bytes + " bytes failed because the test asked for it", bytes);
    }
    if (bytes > budget - outstanding || bytes > Integer.MAX_VALUE - 16) {
      throw new GpuOutOfMemoryException(
          "the simulated device has no %,d bytes left: %,d of %,d are held by %,d blocks"
              .formatted(bytes, outstanding, budget, allocations.size()),
          bytes);
    }
    allocated++;
    long address = memory.add(new Memory("allocation " + allocated, (int) bytes, true));
    allocations.put(address, new Allocation(address, bytes, allocated));
    outstanding += bytes;
    peak = Math.max(peak, outstanding);
    return address;
  }

  @Override
  public synchronized void free(long address) {
    Allocation allocation = allocations.remove(address);
    if (allocation == null) {
      throw new GpuException(
          "cannot free 0x" + Long.toHexString(address) + ": no block begins there", STATUS_INVALID);
    }
    memory.remove(address);
    outstanding -= allocation.bytes();
  }

  @Override
  public synchronized PinnedMemory allocatePinned(long bytes) {
    SimulatedPinnedMemory allocated = new SimulatedPinnedMemory(bytes);
    pinned.add(allocated);
    return allocated;
  }

  @Override
  public synchronized GpuStream newStream() {
    SimulatedStream stream = new SimulatedStream(this);
    streams.add(stream);
    return stream;
  }

  synchronized void closed(SimulatedStream stream) {
    streams.remove(stream);
  }

  /** Runs what the order says is to run now that a stream has more work. */
  synchronized void enqueuedOn(SimulatedStream stream) {
    switch (streamOrder) {
      case AT_ONCE -> stream.runAll();
      case LATE -> {}
      case UPLOADS_EARLY -> stream.runUploads();
    }
  }

  /** Runs copies from the host that waited for the mark. */
  synchronized void markReached() {
    if (streamOrder == StreamOrder.UPLOADS_EARLY) {
      streams.forEach(SimulatedStream::runUploads);
    }
  }

  @Override
  public GpuEvent newEvent() {
    return new SimulatedEvent(this);
  }

  /**
   * Loads PTX text.
   *
   * @throws GpuException naming the first instruction that is not supported
   */
  @Override
  public synchronized GpuModule load(String name, String ptx) {
    try {
      String text = rewriting.apply(name, ptx);
      PtxModule module = PtxParser.parse(text);
      Map<String, Long> globals = new HashMap<>();
      for (PtxVariable variable : module.variables()) {
        if (!variable.space().equals(".shared")) {
          globals.put(variable.name(), place(variable));
        }
      }
      return new SimulatedModule(name, text, module, globals, this);
    } catch (PtxException e) {
      throw new GpuException(name + ": " + e.getMessage(), STATUS_INVALID);
    }
  }

  private long place(PtxVariable variable) {
    Memory block = new Memory(variable.name(), variable.bytes(), true);
    byte[] initial = variable.initial();
    if (initial != null) {
      System.arraycopy(initial, 0, block.data, 0, initial.length);
    }
    Arrays.fill(block.state, Memory.READY);
    return memory.add(block);
  }

  /** Takes a module's variables away. */
  synchronized void unload(Iterable<Long> variables) {
    variables.forEach(memory::remove);
  }

  @Override
  public Blas blas() {
    return blas;
  }

  @Override
  public Solver solver() {
    return solver;
  }

  @Override
  public Dnn dnn() {
    return dnn;
  }

  @Override
  public synchronized void synchronize() {
    refuseInCapture("synchronize");
    streams.forEach(SimulatedStream::runAll);
  }

  /**
   * Drops pending work and frees all memory, pinned too; {@link #outstanding} still tells what had
   * not been freed.
   */
  @Override
  public synchronized void close() {
    streams.forEach(SimulatedStream::drop);
    allocations.keySet().forEach(memory::remove);
    pinned.forEach(SimulatedPinnedMemory::close);
    pinned.clear();
  }

  synchronized void captureBegins() {
    captures++;
  }

  synchronized void captureEnds() {
    captures--;
  }

  void refuseInCapture(String what) {
    if (captures > 0) {
      throw new GpuException("cannot " + what + " while a stream records a graph", 900);
    }
  }

  /** Runs a kernel now. */
  synchronized void run(SimulatedKernel kernel, Grid grid, byte[] parameters) {
    kernel.check(grid);
    int blocks = Block.blockCount(grid);
    if (blocks > Watch.MOST_SERIALS - 1) {
      throw new GpuException(
          kernel.name() + ": " + blocks + " blocks are more than the simulated device takes",
          STATUS_INVALID);
    }
    if (nextSerial + blocks > Watch.MOST_SERIALS) {
      memory.forget();
      nextSerial = 1;
    }
    Block block = new Block(memory, kernel.program(), grid, parameters, nextSerial);
    nextSerial += blocks;
    launches++;
    launchesByKernel.merge(kernel.name(), 1L, Long::sum);
    for (int i = 0; i < blocks; i++) {
      block.run(i, instructionLimit, warpOrder);
      for (Warp warp : block.warps()) {
        warpInstructions += warp.executed();
        laneInstructions += warp.laneExecuted();
      }
    }
  }

  /**
   * Memory that something other than a kernel uses.
   *
   * @param what names the user in the message
   * @throws KernelFaultException if the range is not within one block
   */
  Memory at(String what, long address, long bytes) {
    Memory block = memory.at(address);
    long offset = DeviceMemory.offset(address);
    if (block == DeviceMemory.NOWHERE) {
      throw fault(what, "out of bounds: " + memory.describe(address));
    }
    if (offset < 0 || bytes < 0 || offset + bytes > block.data.length) {
      throw fault(
          what,
          "out of bounds: %d bytes at %s+%d, which has %d"
              .formatted(bytes, block.name, offset, block.data.length));
    }
    return block;
  }

  private static KernelFaultException fault(String what, String reason) {
    return new KernelFaultException(what, "called from the host", "", 0, "", reason);
  }

  /** Offset of a range that must be there and written. */
  int readable(String what, Memory block, long address, long bytes) {
    at(what, address, bytes);
    int offset = (int) DeviceMemory.offset(address);
    int unwritten = block.firstNotReady(offset, (int) bytes);
    if (unwritten >= 0) {
      throw fault(what, "read of never-written bytes at " + block.name + "+" + unwritten);
    }
    return offset;
  }

  /** Offset of a range that must be there and will be written. */
  int writable(String what, Memory block, long address, long bytes) {
    at(what, address, bytes);
    int offset = (int) DeviceMemory.offset(address);
    Arrays.fill(block.state, offset, offset + (int) bytes, Memory.READY);
    return offset;
  }

  synchronized void copyToDevice(long target, MemorySegment source, long bytes) {
    if (bytes == 0) {
      return;
    }
    Memory block = at("copy to device", target, bytes);
    int offset = writable("copy to device", block, target, bytes);
    MemorySegment.copy(source, ValueLayout.JAVA_BYTE, 0, block.data, offset, (int) bytes);
  }

  synchronized void copyToHost(MemorySegment target, long source, long bytes) {
    if (bytes == 0) {
      return;
    }
    Memory block = at("copy to host", source, bytes);
    int offset =
        strictReads
            ? readable("copy to host", block, source, bytes)
            : (int) DeviceMemory.offset(source);
    MemorySegment.copy(block.data, offset, target, ValueLayout.JAVA_BYTE, 0, (int) bytes);
  }

  /** Copies states too: what was not written does not become so by being copied. */
  synchronized void copy(long target, long source, long bytes) {
    if (bytes == 0) {
      return;
    }
    Memory to = at("copy", target, bytes);
    Memory from = at("copy", source, bytes);
    int toOffset = (int) DeviceMemory.offset(target);
    int fromOffset = (int) DeviceMemory.offset(source);
    if (to == from && Math.abs((long) toOffset - fromOffset) < bytes) {
      throw fault("copy", "source and target overlap in " + to.name);
    }
    System.arraycopy(from.data, fromOffset, to.data, toOffset, (int) bytes);
    System.arraycopy(from.state, fromOffset, to.state, toOffset, (int) bytes);
  }

  synchronized void fill(long target, byte value, long bytes) {
    if (bytes == 0) {
      return;
    }
    Memory block = at("fill", target, bytes);
    int offset = writable("fill", block, target, bytes);
    Arrays.fill(block.data, offset, offset + (int) bytes, value);
  }

  /** Lists what is in use, for messages and tests. */
  @Override
  public synchronized String toString() {
    List<String> lines = new ArrayList<>();
    lines.add("simulated device, %,d of %,d bytes in use".formatted(outstanding, budget));
    for (Allocation allocation : allocations.values()) {
      lines.add("allocation %d: %,d bytes".formatted(allocation.ordinal(), allocation.bytes()));
    }
    return String.join(System.lineSeparator(), lines);
  }
}
