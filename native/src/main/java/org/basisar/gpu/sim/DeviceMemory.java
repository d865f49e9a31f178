package org.basisar.gpu.sim;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The device's address space. Every block of memory lies alone in 64 GiB of addresses, in the
 * middle, so that whatever misses it in either direction hits nothing.
 */
final class DeviceMemory {
  /** What lies where there is no memory. */
  static final Memory NOWHERE = new Memory("nowhere", 0, false);

  private static final int SLOT_BITS = 36;
  private static final long MIDDLE = 1L << (SLOT_BITS - 1);

  private Memory[] slots = new Memory[1024];
  private int used = 1;

  DeviceMemory() {
    Arrays.fill(slots, NOWHERE);
  }

  /** Gives a block its address. */
  long add(Memory memory) {
    if (used == slots.length) {
      int old = slots.length;
      slots = Arrays.copyOf(slots, 2 * old);
      Arrays.fill(slots, old, slots.length, NOWHERE);
    }
    slots[used] = memory;
    return ((long) used++ << SLOT_BITS) + MIDDLE;
  }

  /** Takes a block's memory away; its address is never used again. */
  @Nullable Memory remove(long address) {
    Memory memory = at(address);
    if (memory == NOWHERE || offset(address) != 0) {
      return null;
    }
    slots[(int) (address >>> SLOT_BITS)] = NOWHERE;
    return memory;
  }

  /** The block an address belongs to, or {@link #NOWHERE}. */
  Memory at(long address) {
    long slot = address >>> SLOT_BITS;
    return slot < used ? slots[(int) slot] : NOWHERE;
  }

  /** Bytes from the beginning of the block an address belongs to. */
  static long offset(long address) {
    return (address & (1L << SLOT_BITS) - 1) - MIDDLE;
  }

  /** What is wrong with an address that leads nowhere. */
  String describe(long address) {
    long slot = address >>> SLOT_BITS;
    if (slot == 0) {
      return "null or small address 0x" + Long.toHexString(address);
    }
    return slot < used
        ? "memory that was freed, 0x" + Long.toHexString(address)
        : "wild address 0x" + Long.toHexString(address);
  }

  /** Forgets all stamps of all blocks. */
  void forget() {
    for (int i = 1; i < used; i++) {
      slots[i].forget();
    }
  }
}
