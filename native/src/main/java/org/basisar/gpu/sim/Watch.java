package org.basisar.gpu.sim;

import java.util.Arrays;
import java.util.Locale;

/**
 * The check that every access to memory goes through: bounds, alignment, never-written bytes,
 * copies in flight, and races.
 *
 * <p>A race is two accesses to the same bytes, one of them a write, with nothing that orders them.
 * Each granule of memory keeps a stamp of its last write, read and atomic update: the block's
 * serial number, its barriers passed (epoch), its warp's barriers passed, and the thread. Two
 * threads of a block are ordered by a block barrier, two of a warp also by {@code bar.warp.sync};
 * two blocks only if one executed a device fence after its access and the other, before its own, an
 * atomic update.
 */
final class Watch {
  /** Kinds of access. */
  enum Access {
    READ,
    WRITE,
    UPDATE,
    COPY
  }

  /** Address spaces. */
  enum Space {
    GLOBAL,
    SHARED,
    LOCAL,
    GENERIC
  }

  /** Generic addresses of shared memory begin here. */
  static final long SHARED_WINDOW = 0x7F00_0000_0000_0000L;

  /** Generic addresses of local memory begin here. */
  static final long LOCAL_WINDOW = 0x7E00_0000_0000_0000L;

  private static final long WINDOW_MASK = 0xFF00_0000_0000_0000L;

  private static final int SERIAL_SHIFT = 44;
  private static final int EPOCH_SHIFT = 28;
  private static final int SYNC_SHIFT = 12;
  private static final int SYNC_MASK = 0xffff;
  private static final int WHO_MASK = 0xfff;

  /** Greatest serial number of a block. */
  static final int MOST_SERIALS = (1 << 19) - 1;

  /** Codes from here on: several threads of a warp. */
  private static final int WARP_CODE = 1025;

  private static final int SEVERAL_WARPS = 2046;
  private static final int SEVERAL_BLOCKS = 2047;

  private final DeviceMemory device;
  private final Memory shared;

  /** Serial number of the launch's first block. */
  private final int firstSerial;

  /** Epoch of the last device fence of each block of the launch, plus one; 0 for none. */
  private final int[] fences;

  private int serial;
  private int epoch;
  private boolean updated;
  private Memory found;

  Watch(DeviceMemory device, Memory shared, int firstSerial, int blocks) {
    this.device = device;
    this.shared = shared;
    this.firstSerial = firstSerial;
    this.fences = new int[blocks];
    this.found = shared;
  }

  static long window(long address) {
    long window = address & WINDOW_MASK;
    return window == SHARED_WINDOW || window == LOCAL_WINDOW ? window : 0;
  }

  /** Begins another block. */
  void begin(int block) {
    serial = firstSerial + block;
    epoch = 1;
    updated = false;
  }

  /** The block has passed a barrier. */
  void barrier(Warp warp) {
    epoch++;
    if (epoch > 0xffff) {
      throw warp.fault(0, "more than 65535 barriers in a block are not supported");
    }
  }

  /** The block has made its writes visible to the device. */
  void fence() {
    fences[serial - firstSerial] = epoch + 1;
  }

  /** The memory of the last access. */
  Memory found() {
    return found;
  }

  /**
   * Checks and records an access.
   *
   * @return its offset in {@link #found}
   */
  int check(Warp warp, int lane, Space space, long address, int bytes, Access access) {
    Memory memory;
    long offset;
    if (space == Space.GLOBAL) {
      memory = device.at(address);
      offset = DeviceMemory.offset(address);
    } else if (space == Space.SHARED) {
      memory = shared;
      offset = (int) address;
    } else {
      long window = space == Space.LOCAL ? LOCAL_WINDOW : window(address);
      if (window == LOCAL_WINDOW) {
        memory = warp.local(lane);
        offset = address & ~WINDOW_MASK;
      } else if (window == SHARED_WINDOW) {
        memory = shared;
        offset = (int) address;
      } else {
        memory = device.at(address);
        offset = DeviceMemory.offset(address);
      }
    }
    found = memory;
    if (offset < 0 || offset + bytes > memory.data.length) {
      throw warp.fault(lane, outOfBounds(memory, address, offset, bytes, access));
    }
    if ((offset & bytes - 1) != 0) {
      throw warp.fault(
          lane,
          "misaligned "
              + verb(access)
              + " of "
              + bytes
              + " bytes at "
              + memory.name
              + "+"
              + offset);
    }
    int from = (int) offset;
    checkState(warp, lane, memory, from, bytes, access);
    if (memory.shared) {
      checkRace(warp, lane, memory, from, bytes, access);
    }
    return from;
  }

  /**
   * Checks and records that all lanes of a warp access a row of memory, lane by lane, or read the
   * same bytes. It is quick because it treats them as one; whatever may be a fault it leaves to
   * {@link #check}.
   *
   * @param address of the first lane
   * @param bytes of a lane
   * @param same whether all read what the first one reads
   * @return the offset in {@link #found}; -1 if lane by lane is the way to go
   */
  int checkAll(Warp warp, Space space, long address, int bytes, boolean same, Access access) {
    long window = space == Space.GENERIC ? window(address) : 0;
    if (space == Space.LOCAL || window == LOCAL_WINDOW) {
      return -1;
    }
    boolean isShared = space == Space.SHARED || window == SHARED_WINDOW;
    Memory memory = isShared ? shared : device.at(address);
    long offset = isShared ? (int) address : DeviceMemory.offset(address);
    int total = same ? bytes : bytes * Program.LANES;
    if (offset < 0 || offset + total > memory.data.length || (offset & (bytes - 1)) != 0) {
      return -1;
    }
    int from = (int) offset;
    boolean ready = memory.firstNotReady(from, total) < 0;
    if (!ready && (access == Access.READ || memory.hasMarks(from, total))) {
      return -1;
    }
    boolean quiet =
        access == Access.WRITE
            ? writeRow(warp, memory, from, bytes)
            : same ? readSame(warp, memory, from, bytes) : readRow(warp, memory, from, bytes);
    if (!quiet) {
      return -1;
    }
    if (!ready) {
      Arrays.fill(memory.state, from, from + total, Memory.READY);
    }
    found = memory;
    return from;
  }

  private long floor(Memory memory) {
    return (long) (memory == shared ? serial : firstSerial) << SERIAL_SHIFT;
  }

  private boolean readSame(Warp warp, Memory memory, int from, int bytes) {
    memory.watch(bytes);
    long floor = floor(memory);
    long now = stamp(warp, WARP_CODE + warp.index());
    boolean updated = memory.updaters.length > 0;
    int last = (from + bytes - 1) >> memory.granule;
    for (int g = from >> memory.granule; g <= last; g++) {
      if (memory.writers[g] >= floor && conflict(memory.writers[g], now)) {
        return false;
      }
      if (updated && memory.updaters[g] >= floor && conflict(memory.updaters[g], now)) {
        return false;
      }
      memory.readers[g] = merge(warp, memory.readers[g], now, floor);
    }
    return true;
  }

  private boolean readRow(Warp warp, Memory memory, int from, int bytes) {
    memory.watch(bytes);
    long floor = floor(memory);
    long first = stamp(warp, warp.firstThread() + 1);
    int shift = Integer.numberOfTrailingZeros(bytes) - memory.granule;
    int begin = from >> memory.granule;
    int count = Program.LANES << shift;
    long[] writers = memory.writers;
    long[] readers = memory.readers;
    boolean updated = memory.updaters.length > 0;
    for (int i = 0; i < count; i++) {
      int g = begin + i;
      long now = first + (i >> shift);
      if (writers[g] >= floor && conflict(writers[g], now)) {
        return false;
      }
      if (updated && memory.updaters[g] >= floor && conflict(memory.updaters[g], now)) {
        return false;
      }
      readers[g] = readers[g] < floor ? now : merge(warp, readers[g], now, floor);
    }
    return true;
  }

  private boolean writeRow(Warp warp, Memory memory, int from, int bytes) {
    memory.watch(bytes);
    long floor = floor(memory);
    long first = stamp(warp, warp.firstThread() + 1);
    int shift = Integer.numberOfTrailingZeros(bytes) - memory.granule;
    int begin = from >> memory.granule;
    int count = Program.LANES << shift;
    long[] writers = memory.writers;
    long[] readers = memory.readers;
    boolean updated = memory.updaters.length > 0;
    for (int i = 0; i < count; i++) {
      int g = begin + i;
      long now = first + (i >> shift);
      if (writers[g] >= floor && conflict(writers[g], now)) {
        return false;
      }
      if (readers[g] >= floor && conflict(readers[g], now)) {
        return false;
      }
      if (updated && memory.updaters[g] >= floor && conflict(memory.updaters[g], now)) {
        return false;
      }
      writers[g] = now;
    }
    return true;
  }

  private String outOfBounds(Memory memory, long address, long offset, int bytes, Access access) {
    String what = verb(access) + " of " + bytes + " bytes out of bounds";
    if (memory == DeviceMemory.NOWHERE) {
      return what + ": " + device.describe(address);
    }
    return what + ": at " + memory.name + "+" + offset + ", which has " + memory.data.length;
  }

  private static String verb(Access access) {
    return switch (access) {
      case READ -> "read";
      case WRITE -> "write";
      case UPDATE -> "atomic update";
      case COPY -> "cp.async";
    };
  }

  private static void checkState(
      Warp warp, int lane, Memory memory, int from, int bytes, Access access) {
    byte[] state = memory.state;
    boolean ready =
        bytes == 4
            ? (int) Memory.INTS.get(state, from) == Memory.FOUR_READY
            : memory.firstNotReady(from, bytes) < 0;
    if (ready && access != Access.COPY) {
      return;
    }
    boolean reads = access == Access.READ || access == Access.UPDATE;
    for (int i = from; i < from + bytes; i++) {
      String place = memory.name + "+" + i;
      switch (state[i]) {
        case Memory.GAP -> throw warp.fault(lane, verb(access) + " between variables, at " + place);
        case Memory.IN_FLIGHT ->
            throw warp.fault(
                lane, verb(access) + " of " + place + " while a cp.async to it is in flight");
        case Memory.UNWRITTEN -> {
          if (reads) {
            throw warp.fault(lane, verb(access) + " of never-written bytes at " + place);
          }
        }
        default -> {}
      }
    }
    Arrays.fill(state, from, from + bytes, access == Access.COPY ? Memory.IN_FLIGHT : Memory.READY);
  }

  private long stamp(Warp warp, int who) {
    return (long) serial << SERIAL_SHIFT
        | (long) epoch << EPOCH_SHIFT
        | (long) warp.barriers() << SYNC_SHIFT
        | who;
  }

  private void checkRace(Warp warp, int lane, Memory memory, int from, int bytes, Access access) {
    memory.watch(bytes);
    long floor = floor(memory);
    long now = stamp(warp, warp.firstThread() + lane + 1);
    long[] writers = memory.writers;
    long[] readers = memory.readers;
    long[] updaters = access == Access.UPDATE ? memory.updaters() : memory.updaters;
    int last = (from + bytes - 1) >> memory.granule;
    for (int g = from >> memory.granule; g <= last; g++) {
      if (writers[g] >= floor && conflict(writers[g], now)) {
        throw race(warp, lane, memory, g, writers[g], access, "written");
      }
      if (access == Access.UPDATE) {
        if (readers[g] >= floor && conflict(readers[g], now)) {
          throw race(warp, lane, memory, g, readers[g], access, "read");
        }
        updaters[g] = merge(warp, updaters[g], now, floor);
        updated |= memory != shared;
      } else {
        if (updaters.length > 0 && updaters[g] >= floor && conflict(updaters[g], now)) {
          throw race(warp, lane, memory, g, updaters[g], access, "atomically updated");
        }
        if (access == Access.READ) {
          readers[g] = merge(warp, readers[g], now, floor);
        } else {
          if (readers[g] >= floor && conflict(readers[g], now)) {
            throw race(warp, lane, memory, g, readers[g], access, "read");
          }
          writers[g] = now;
        }
      }
    }
  }

  /** The stamp that stands for both accesses; they are of a kind that does not conflict. */
  private long merge(Warp warp, long before, long now, long floor) {
    boolean sameEpoch = before >>> EPOCH_SHIFT == now >>> EPOCH_SHIFT;
    boolean sameThread = ((before ^ now) & WHO_MASK) == 0;
    if (before < floor || (sameThread && sameEpoch)) {
      return now;
    }
    int who = (int) before & WHO_MASK;
    if (who == SEVERAL_BLOCKS || before >>> SERIAL_SHIFT != now >>> SERIAL_SHIFT) {
      return stamp(warp, SEVERAL_BLOCKS);
    }
    if (!sameEpoch) {
      return now;
    }
    boolean sameWarp = who != SEVERAL_WARPS && warpOf(who) == warp.index();
    return stamp(warp, sameWarp ? WARP_CODE + warp.index() : SEVERAL_WARPS);
  }

  private static int warpOf(int who) {
    return who >= WARP_CODE ? who - WARP_CODE : (who - 1) >> 5;
  }

  /** Whether nothing orders an earlier access of this launch and one of now. */
  private boolean conflict(long before, long now) {
    int who = (int) before & WHO_MASK;
    if (who == SEVERAL_BLOCKS) {
      return !updated;
    }
    if ((before ^ now) >>> SERIAL_SHIFT != 0) {
      int block = (int) (before >>> SERIAL_SHIFT) - firstSerial;
      int then = (int) (before >>> EPOCH_SHIFT) & 0xffff;
      return !updated || fences[block] <= then;
    }
    if (before >>> EPOCH_SHIFT < now >>> EPOCH_SHIFT || ((before ^ now) & WHO_MASK) == 0) {
      return false;
    }
    if (who == SEVERAL_WARPS || warpOf(who) != warpOf((int) now & WHO_MASK)) {
      return true;
    }
    return (before >>> SYNC_SHIFT & SYNC_MASK) >= (now >>> SYNC_SHIFT & SYNC_MASK);
  }

  private KernelFaultException race(
      Warp warp, int lane, Memory memory, int granule, long before, Access access, String past) {
    int who = (int) before & WHO_MASK;
    String whom =
        switch (who) {
          case SEVERAL_BLOCKS -> "several blocks";
          case SEVERAL_WARPS -> "several warps";
          default ->
              who >= WARP_CODE ? "several threads of warp " + warpOf(who) : "thread " + (who - 1);
        };
    int block = (int) (before >>> SERIAL_SHIFT) - firstSerial;
    String ofBlock = who == SEVERAL_BLOCKS ? "" : " of block " + block;
    return warp.fault(
        lane,
        String.format(
            Locale.ROOT,
            "data race: %s of %s+%d, %s by %s%s with nothing between that orders the two",
            verb(access),
            memory.name,
            (long) granule << memory.granule,
            past,
            whom,
            ofBlock));
  }
}
