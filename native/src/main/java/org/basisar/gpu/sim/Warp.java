package org.basisar.gpu.sim;

import static org.basisar.gpu.sim.Program.LANES;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Up to 32 threads that run one program together. A register is an array with a place for each
 * lane, a predicate a mask. Among the lanes' program counters the least runs first, so lanes that
 * went different ways meet again without any knowledge of the control flow. An instruction that
 * needs lanes together parks those that arrive until all are there.
 */
final class Warp {
  final Block block;
  final Watch watch;
  final int[][] words;
  final long[][] wides;
  final int[] predicates;
  final PendingCopies copies;
  final MatrixInstructions.Tiles tiles = new MatrixInstructions.Tiles();

  /** For results of partly masked steps. */
  final int[] wordScratch = new int[LANES];

  /** For results of partly masked steps. */
  final long[] wideScratch = new long[LANES];

  /** The carry of each lane. */
  int carries;

  private final Program program;
  private final int index;
  private final int all;
  private final Memory[] local;
  private final int[] counters = new int[LANES];
  private int live;
  private int mask;
  private int counter;

  /** The least program counter among the lanes that are not running. */
  private int nextCounter;

  private int parked;
  private @Nullable Step waiting;
  private int barriers;
  private long executed;
  private long laneExecuted;

  Warp(Block block, Watch watch, Program program, int index, int lanes) {
    this.block = block;
    this.watch = watch;
    this.program = program;
    this.index = index;
    this.all = lanes == LANES ? -1 : (1 << lanes) - 1;
    this.copies = new PendingCopies(this);
    words = new int[program.words][];
    for (int i = 0; i < words.length; i++) {
      int[] constant = program.wordConstants.get(i);
      words[i] = constant == null ? new int[LANES] : constant;
    }
    wides = new long[program.wides][];
    for (int i = 0; i < wides.length; i++) {
      long[] constant = program.wideConstants.get(i);
      wides[i] = constant == null ? new long[LANES] : constant;
    }
    predicates = new int[program.predicates];
    local = new Memory[LANES];
    for (int lane = 0; lane < LANES; lane++) {
      local[lane] =
          program.localBytes == 0
              ? DeviceMemory.NOWHERE
              : new Memory("local memory", program.localBytes, false);
    }
  }

  /** Begins the block that {@link #block} has come to. */
  void begin() {
    live = all;
    mask = all;
    counter = 0;
    nextCounter = Integer.MAX_VALUE;
    parked = 0;
    waiting = null;
    barriers = 0;
    executed = 0;
    laneExecuted = 0;
    copies.clear();
    program.specials.forEach((name, slot) -> {
      for (int lane = 0; lane < LANES; lane++) {
        words[slot][lane] = SpecialRegisters.value(name, block, firstThread() + lane);
      }
    });
    if (program.localBytes > 0) {
      for (Memory memory : local) {
        Arrays.fill(memory.state, Memory.UNWRITTEN);
      }
    }
  }

  int index() {
    return index;
  }

  int firstThread() {
    return index * LANES;
  }

  /** Warp barriers passed since the last block barrier. */
  int barriers() {
    return barriers;
  }

  /** Counts a warp barrier. */
  void synchronised() {
    barriers++;
    if (barriers > 0xffff) {
      throw fault(0, "more than 65535 warp barriers between block barriers are not supported");
    }
  }

  Memory local(int lane) {
    return local[lane];
  }

  void setPredicate(int slot, int value, int lanes) {
    predicates[slot] = (predicates[slot] & ~lanes) | (value & lanes);
  }

  boolean isDone() {
    return live == 0;
  }

  /** Whether threads have exited and others have not. */
  boolean isPartlyDone() {
    return live != 0 && live != all;
  }

  int live() {
    return live;
  }

  /** The barrier it waits at, or null. */
  @Nullable Step waiting() {
    return waiting;
  }

  void release() {
    waiting = null;
    barriers = 0;
  }

  long executed() {
    return executed;
  }

  long laneExecuted() {
    return laneExecuted;
  }

  KernelFaultException fault(int lane, String reason) {
    int thread = firstThread() + lane;
    int at = Math.min(counter, program.steps.length - 1);
    PtxInstruction instruction = program.function.code().get(at);
    return new KernelFaultException(
        program.function.name(),
        "block (%d, %d, %d), thread (%d, %d, %d)"
            .formatted(
                block.index(0),
                block.index(1),
                block.index(2),
                thread % block.threads(0),
                thread / block.threads(0) % block.threads(1),
                thread / block.threads(0) / block.threads(1)),
        program.source(at),
        instruction.line(),
        instruction.opcode(),
        reason);
  }

  private KernelFaultException stuck() {
    int first = Integer.numberOfTrailingZeros(parked);
    counter = counters[first];
    return fault(
        first,
        "lanes 0x"
            + Integer.toHexString(parked)
            + " wait here for lanes that never come, since the warp has diverged");
  }

  /** Runs until the warp waits at a block barrier or is done. */
  void run(long limit) {
    if (live == 0 || waiting != null || (mask == 0 && !pick())) {
      return;
    }
    Step[] steps = program.steps;
    while (true) {
      if (counter >= nextCounter) {
        store(mask, counter);
        if (!pick()) {
          throw stuck();
        }
      }
      Step step = steps[counter];
      int lanes = mask;
      if (step.guard >= 0) {
        lanes &= step.guardNegated ? ~predicates[step.guard] : predicates[step.guard];
      }
      executed++;
      laneExecuted += Integer.bitCount(lanes);
      if (executed > limit) {
        throw fault(
            Integer.numberOfTrailingZeros(mask),
            "the warp still runs after " + limit + " instructions");
      }
      switch (step.kind) {
        case PLAIN -> {
          if (lanes != 0) {
            step.effect.run(this, lanes);
          }
          counter++;
        }
        case BRANCH -> branch(step, lanes);
        case RETURN -> {
          store(mask, counter + 1);
          live &= ~lanes;
          if (live == 0) {
            copies.completeAll(all);
            return;
          }
          if (!pick()) {
            throw stuck();
          }
        }
        case BARRIER, TOGETHER -> {
          if (lanes == 0) {
            counter++;
          } else if (gather(step, lanes)) {
            if (step.kind == Step.Kind.BARRIER) {
              waiting = step;
              counter++;
              return;
            }
            step.effect.run(this, mask);
            counter++;
          } else if (!pick()) {
            throw stuck();
          }
        }
      }
    }
  }

  private void branch(Step step, int taken) {
    if (taken == mask) {
      counter = step.target;
    } else if (taken == 0) {
      counter++;
    } else {
      store(taken, step.target);
      store(mask & ~taken, counter + 1);
      pick();
    }
  }

  private void store(int lanes, int value) {
    for (int rest = lanes; rest != 0; rest &= rest - 1) {
      counters[Integer.numberOfTrailingZeros(rest)] = value;
    }
  }

  /** Whether all lanes a step needs are here; parks those that are if not. */
  private boolean gather(Step step, int lanes) {
    if (lanes != mask) {
      throw fault(
          Integer.numberOfTrailingZeros(mask & ~lanes),
          "the guard of an instruction that needs lanes together differs among them");
    }
    for (int rest = parked; rest != 0; rest &= rest - 1) {
      int lane = Integer.numberOfTrailingZeros(rest);
      if (counters[lane] == counter) {
        mask |= 1 << lane;
        parked &= ~(1 << lane);
      }
    }
    int first = Integer.numberOfTrailingZeros(mask);
    int needed = all;
    if (step.kind == Step.Kind.BARRIER) {
      needed = live;
    } else if (step.members >= 0) {
      needed = members(step, first) & all;
    }
    if ((needed & ~live) != 0) {
      throw fault(
          first, "it needs lanes 0x" + Integer.toHexString(needed & ~live) + ", which have exited");
    }
    if (mask == needed) {
      return true;
    }
    int strangers = mask & ~needed;
    if (strangers != 0 && step.kind == Step.Kind.TOGETHER && step.members >= 0) {
      return gatherGroup(step);
    }
    store(mask, counter);
    parked |= mask;
    return false;
  }

  private int members(Step step, int lane) {
    int members = words[step.members][lane];
    if ((members >>> lane & 1) == 0) {
      throw fault(lane, "its member mask 0x" + Integer.toHexString(members) + " leaves it out");
    }
    return members;
  }

  /** Lanes with different member masks are here: takes up a group that is complete. */
  private boolean gatherGroup(Step step) {
    int group = 0;
    for (int rest = mask; rest != 0; rest &= ~group) {
      group = members(step, Integer.numberOfTrailingZeros(rest)) & all;
      if ((group & ~mask) == 0) {
        store(mask & ~group, counter);
        // The others come back when this group has moved on.
        nextCounter = Math.min(nextCounter, counter);
        mask = group;
        return true;
      }
    }
    store(mask, counter);
    parked |= mask;
    return false;
  }

  /** Takes up the lanes with the least program counter; false if all are parked. */
  private boolean pick() {
    int least = Integer.MAX_VALUE;
    int second = Integer.MAX_VALUE;
    int lanes = 0;
    for (int rest = live & ~parked; rest != 0; rest &= rest - 1) {
      int lane = Integer.numberOfTrailingZeros(rest);
      int at = counters[lane];
      if (at < least) {
        second = least;
        least = at;
        lanes = 1 << lane;
      } else if (at == least) {
        lanes |= 1 << lane;
      } else {
        second = Math.min(second, at);
      }
    }
    if (lanes == 0) {
      return false;
    }
    mask = lanes;
    counter = least;
    nextCounter = second;
    return true;
  }
}
