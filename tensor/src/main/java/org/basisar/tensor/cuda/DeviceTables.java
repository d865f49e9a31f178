package org.basisar.tensor.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.basisar.gpu.Gpu;
import org.basisar.gpu.GpuStream;

/**
 * Constant numbers in device memory that launches read. Launches that need the same numbers share a
 * table, so that a step that is bound again and again to the same memory adds none; the block of a
 * table that no launch holds any more serves the next one.
 */
final class DeviceTables {
  /** Numbers at an address; they stay there as long as this object is reachable. */
  static final class Table {
    private final long address;

    private Table(long address) {
      this.address = address;
    }

    long address() {
      return address;
    }
  }

  private static final class Block {
    private final long address;
    private final int capacity;
    private long[] contents = {};
    private WeakReference<Table> table = new WeakReference<>(null);

    private Block(long address, int capacity) {
      this.address = address;
      this.capacity = capacity;
    }
  }

  private final Gpu gpu;
  private final GpuStream stream;
  private final List<Block> blocks = new ArrayList<>();

  DeviceTables(Gpu gpu, GpuStream stream) {
    this.gpu = gpu;
    this.stream = stream;
  }

  /** A table with these numbers, of which there must be some. */
  synchronized Table of(long[] contents) {
    Block block = find(contents);
    Table table = block.table.get();
    if (table == null) {
      table = new Table(block.address);
      block.table = new WeakReference<>(table);
    }
    return table;
  }

  private Block find(long[] contents) {
    for (Block block : blocks) {
      if (Arrays.equals(block.contents, contents)) {
        return block;
      }
    }
    for (Block block : blocks) {
      if (block.capacity >= contents.length && block.table.refersTo(null)) {
        fill(block, contents);
        return block;
      }
    }
    Block block = new Block(gpu.allocate((long) contents.length * Long.BYTES), contents.length);
    blocks.add(block);
    fill(block, contents);
    return block;
  }

  private void fill(Block block, long[] contents) {
    block.contents = contents.clone();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment numbers = arena.allocateFrom(ValueLayout.JAVA_LONG, contents);
      stream.copyToDevice(block.address, numbers, numbers.byteSize());
      stream.synchronize();
    }
  }
}
