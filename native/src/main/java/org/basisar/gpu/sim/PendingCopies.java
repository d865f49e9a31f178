package org.basisar.gpu.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.basisar.gpu.sim.Watch.Access;
import org.jspecify.annotations.Nullable;

/** A warp's cp.async copies under way: their bytes land when the copying thread waits. */
final class PendingCopies {
  private record Copy(
      int lane, int target, @Nullable Memory source, int from, int given, int bytes, int group) {}

  private final Warp warp;
  private final int[] groups = new int[Program.LANES];
  private final List<Copy> copies = new ArrayList<>();

  PendingCopies(Warp warp) {
    this.warp = warp;
  }

  void clear() {
    copies.clear();
    Arrays.fill(groups, 0);
  }

  /** A copy of {@code given} bytes, filled up with zeros. */
  void add(int lane, int target, @Nullable Memory source, int from, int given, int bytes) {
    copies.add(new Copy(lane, target, source, from, given, bytes, groups[lane]));
  }

  /** Closes the group of the copies so far. */
  void commit(int mask) {
    for (int rest = mask; rest != 0; rest &= rest - 1) {
      groups[Integer.numberOfTrailingZeros(rest)]++;
    }
  }

  /** Lands all groups but the {@code keep} newest. */
  void complete(int mask, int keep) {
    land(mask, keep, false);
  }

  /** Lands everything, committed or not. */
  void completeAll(int mask) {
    land(mask, 0, true);
  }

  private void land(int mask, int keep, boolean all) {
    for (Iterator<Copy> rest = copies.iterator(); rest.hasNext(); ) {
      Copy copy = rest.next();
      boolean chosen = (mask >>> copy.lane & 1) != 0;
      if (chosen && (all || copy.group < groups[copy.lane] - keep)) {
        land(copy);
        rest.remove();
      }
    }
  }

  private void land(Copy copy) {
    Memory shared = warp.block.shared();
    int end = copy.target + copy.bytes;
    if (copy.source != null) {
      System.arraycopy(copy.source.data, copy.from, shared.data, copy.target, copy.given);
    }
    Arrays.fill(shared.data, copy.target + copy.given, end, (byte) 0);
    Arrays.fill(shared.state, copy.target, end, Memory.READY);
    warp.watch.check(warp, copy.lane, Watch.Space.SHARED, copy.target, copy.bytes, Access.WRITE);
  }
}
