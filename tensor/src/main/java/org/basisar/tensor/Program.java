package org.basisar.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A captured sequence of launches that can be replayed without allocating anything.
 *
 * <p>{@link #capture} runs a body once and remembers every launch together with the memory it was
 * bound to. Each {@link #replay} runs the same launches on the same memory: what changes from run
 * to run must lie in tensors made before the capture (inputs, parameters, optimiser control, random
 * state) and be written there beforehand. Host code in the body runs only at capture.
 */
public final class Program implements AutoCloseable {
  /**
   * What one launch of a program computes.
   *
   * @param title the operation's {@link Op#title}
   * @param operands shapes of the operands
   * @param results shapes of the results
   * @param cost the work of one run
   */
  public record Entry(String title, List<Shape> operands, List<Shape> results, Op.Cost cost) {
    static Entry of(Op op, Tensor[] inputs, Tensor[] outputs) {
      return new Entry(
          op.title(),
          Arrays.stream(inputs).map(Tensor::shape).toList(),
          Arrays.stream(outputs).map(Tensor::shape).toList(),
          op.cost(inputs));
    }
  }

  private final List<Launch> recorded = new ArrayList<>();
  private final List<Entry> entries = new ArrayList<>();
  private final Map<Device, Pool> pools = new HashMap<>();
  private final Set<Device> devices = new HashSet<>();
  private final Set<Storage> held = Collections.newSetFromMap(new IdentityHashMap<>());
  private Launch[] launches = {};
  private final @Nullable Program lender;
  private boolean closed;

  private Program(@Nullable Program lender) {
    this.lender = lender;
  }

  /**
   * Runs {@code body} once, capturing.
   *
   * @throws IllegalStateException if a capture is already under way on this thread
   */
  public static Program capture(Runnable body) {
    return capture(body, null);
  }

  /**
   * The same, with intermediate results in the memory of another program, for bodies that differ in
   * shapes and take turns: no replay finds anything of an earlier one. What outlives the body keeps
   * its own place. The lender must be closed last.
   *
   * @param lender null for memory of its own
   */
  public static Program capture(Runnable body, @Nullable Program lender) {
    Engine.State state = Engine.state();
    if (state.program != null) {
      throw new IllegalStateException("a program is already being captured on this thread");
    }
    Program program = new Program(lender);
    state.program = program;
    boolean done = false;
    try {
      body.run();
      done = true;
    } finally {
      state.program = null;
      if (!done) {
        program.close();
      }
    }
    program.launches = program.recorded.toArray(new Launch[0]);
    program.fuse();
    return program;
  }

  /** A device that can record its own work replays it as one launch. */
  private void fuse() {
    if (devices.size() == 1) {
      Launch whole = devices.iterator().next().backend().record(List.of(launches));
      launches = whole == null ? launches : new Launch[] {whole};
    }
  }

  /** Runs the captured launches again, in order. */
  public void replay() {
    if (closed) {
      throw new IllegalStateException("program is closed");
    }
    for (Launch launch : launches) {
      launch.run();
    }
  }

  /**
   * Replays launch by launch, for profiles: a device that replays the whole program as one launch
   * is made to run each by itself.
   *
   * @param meter called after each launch with its index in {@link #entries}
   */
  public void replay(IntConsumer meter) {
    if (closed) {
      throw new IllegalStateException("program is closed");
    }
    for (int i = 0; i < recorded.size(); i++) {
      recorded.get(i).run();
      meter.accept(i);
    }
  }

  /** What each launch computes, in the order of a replay. */
  public List<Entry> entries() {
    return Collections.unmodifiableList(entries);
  }

  /** Number of launches in one replay. */
  public int size() {
    return recorded.size();
  }

  /** Bytes of memory the program holds for its intermediate results, 0 if they are lent. */
  public long bytes() {
    return pools.values().stream().mapToLong(Pool::peakBytes).sum();
  }

  Pool pool(Device device) {
    if (lender == null) {
      return pools.computeIfAbsent(device, Device::newProgramPool);
    }
    Pool pool = lender.pool(device);
    pool.share();
    return pool;
  }

  void add(Op op, Launch launch, Tensor[] inputs, Tensor[] outputs) {
    recorded.add(launch);
    entries.add(Entry.of(op, inputs, outputs));
    for (Tensor input : inputs) {
      hold(input.storage());
    }
    for (Tensor output : outputs) {
      devices.add(output.device());
      hold(output.storage());
    }
  }

  /** Memory from outside must not go back to its pool while launches are bound to it. */
  private void hold(Storage storage) {
    Program owner = lender != null ? lender : this;
    if (!owner.pools.containsValue(storage.pool()) && held.add(storage)) {
      storage.retain();
    }
  }

  /** Releases the memory; replaying afterwards throws. */
  @Override
  public void close() {
    if (closed) {
      throw new IllegalStateException("program is already closed");
    }
    closed = true;
    held.forEach(Storage::release);
    held.clear();
    pools.forEach(Device::closeProgramPool);
    launches = new Launch[0];
  }
}
