package org.basisar.gpu.sim;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.basisar.gpu.Grid;
import org.jspecify.annotations.Nullable;

/** Runs the blocks of a launch, one after the other, on one shared memory and one set of warps. */
final class Block {
  private final Program program;
  private final Grid grid;
  private final byte[] parameters;
  private final Memory shared;
  private final Watch watch;
  private final Warp[] warps;
  private final int[] index = new int[3];

  Block(DeviceMemory device, Program program, Grid grid, byte[] parameters, int firstSerial) {
    this.program = program;
    this.grid = grid;
    this.parameters = parameters;
    this.shared = new Memory("shared memory", program.dynamicOffset + grid.sharedBytes(), true);
    this.watch = new Watch(device, shared, firstSerial, blockCount(grid));
    int threads = grid.threadsX() * grid.threadsY() * grid.threadsZ();
    warps = new Warp[Math.ceilDiv(threads, Program.LANES)];
    for (int i = 0; i < warps.length; i++) {
      int lanes = Math.min(Program.LANES, threads - i * Program.LANES);
      warps[i] = new Warp(this, watch, program, i, lanes);
    }
  }

  static int blockCount(Grid grid) {
    return Math.toIntExact((long) grid.blocksX() * grid.blocksY() * grid.blocksZ());
  }

  byte[] parameters() {
    return parameters;
  }

  Memory shared() {
    return shared;
  }

  Warp[] warps() {
    return warps;
  }

  int dynamicSharedBytes() {
    return grid.sharedBytes();
  }

  /** Position of the block in the grid along an axis. */
  int index(int axis) {
    return index[axis];
  }

  /** Threads of a block along an axis. */
  int threads(int axis) {
    return switch (axis) {
      case 0 -> grid.threadsX();
      case 1 -> grid.threadsY();
      default -> grid.threadsZ();
    };
  }

  /** Blocks of the grid along an axis. */
  int blocks(int axis) {
    return switch (axis) {
      case 0 -> grid.blocksX();
      case 1 -> grid.blocksY();
      default -> grid.blocksZ();
    };
  }

  void fence() {
    watch.fence();
  }

  /**
   * Runs one block to its end.
   *
   * @param block its linear index
   * @param limit most instructions of a warp
   * @param order shuffles the warps between barriers; null keeps their order
   */
  void run(int block, long limit, @Nullable SplittableRandom order) {
    index[0] = block % grid.blocksX();
    index[1] = block / grid.blocksX() % grid.blocksY();
    index[2] = block / grid.blocksX() / grid.blocksY();
    watch.begin(block);
    Arrays.fill(shared.state, 0, program.dynamicOffset, Memory.GAP);
    Arrays.fill(shared.state, program.dynamicOffset, shared.state.length, Memory.UNWRITTEN);
    for (Program.Range range : program.sharedVariables) {
      int end = range.offset() + range.bytes();
      Arrays.fill(shared.state, range.offset(), end, Memory.UNWRITTEN);
    }
    for (Warp warp : warps) {
      warp.begin();
    }
    Warp[] turns = warps.clone();
    do {
      if (order != null) {
        shuffle(turns, order);
      }
      for (Warp warp : turns) {
        warp.run(limit);
      }
    } while (passBarrier());
  }

  private static void shuffle(Warp[] turns, SplittableRandom order) {
    for (int i = turns.length - 1; i > 0; i--) {
      int other = order.nextInt(i + 1);
      Warp warp = turns[i];
      turns[i] = turns[other];
      turns[other] = warp;
    }
  }

  /** Lets the warps that wait go on; false if none does. */
  private boolean passBarrier() {
    Warp first = null;
    Step barrier = null;
    for (Warp warp : warps) {
      Step step = warp.waiting();
      if (step != null && barrier == null) {
        first = warp;
        barrier = step;
      }
    }
    if (first == null || barrier == null) {
      return false;
    }
    for (Warp warp : warps) {
      Step step = warp.waiting();
      if (step == null || warp.isPartlyDone()) {
        throw first.fault(
            0, "threads wait at a barrier that others of the block left out by exiting");
      }
      if (step.barrier != barrier.barrier) {
        throw warp.fault(
            0, "warps wait at different barriers, " + barrier.barrier + " and " + step.barrier);
      }
    }
    if (barrier.reduction != null) {
      vote();
    }
    watch.barrier(first);
    for (Warp warp : warps) {
      warp.release();
    }
    return true;
  }

  /** Hands out what a barrier with a vote found. */
  private void vote() {
    int count = 0;
    int voters = 0;
    for (Warp warp : warps) {
      Step step = warp.waiting();
      if (step == null || step.reduction == null) {
        throw warp.fault(0, "warps wait at different barriers, with a vote and without");
      }
      int votes = warp.predicates[step.reduction.source()];
      votes = (step.reduction.negated() ? ~votes : votes) & warp.live();
      count += Integer.bitCount(votes);
      voters += Integer.bitCount(warp.live());
    }
    for (Warp warp : warps) {
      Step step = warp.waiting();
      if (step == null || step.reduction == null) {
        continue;
      }
      int target = step.reduction.target();
      switch (step.reduction.operation()) {
        case "popc" -> Arrays.fill(warp.words[target], count);
        case "and" -> warp.setPredicate(target, count == voters ? -1 : 0, -1);
        default -> warp.setPredicate(target, count > 0 ? -1 : 0, -1);
      }
    }
  }
}
