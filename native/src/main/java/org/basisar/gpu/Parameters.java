package org.basisar.gpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The arguments of one kernel launch in one off-heap block, so that launching again allocates
 * nothing: n addresses, then n slots of eight bytes that they point to, which is the form the
 * driver takes.
 *
 * <p>Arguments are added in order with their exact kinds; {@link #complete} compares them with what
 * the device code declares, because a mismatch would otherwise be read as garbage on the device.
 */
public final class Parameters {
  /** Kinds of argument; a pointer is a device address. */
  public enum Kind {
    /** Device address. */
    POINTER(8),
    /** 32-bit integer. */
    INT32(4),
    /** 64-bit integer. */
    INT64(8),
    /** Single precision. */
    FLOAT32(4),
    /** Double precision. */
    FLOAT64(8);

    private final int bytes;

    Kind(int bytes) {
      this.bytes = bytes;
    }

    /** Size on the device. */
    public int bytes() {
      return bytes;
    }
  }

  private final GpuKernel kernel;
  private final MemorySegment block;
  private final Kind[] kinds;
  private int count;

  /** An empty list of arguments for a kernel. */
  public Parameters(GpuKernel kernel) {
    int expected = kernel.signature().size();
    this.kernel = kernel;
    this.block = Arena.ofAuto().allocate(16L * Math.max(1, expected), 8);
    this.kinds = new Kind[expected];
    for (int i = 0; i < expected; i++) {
      block.setAtIndex(ValueLayout.JAVA_LONG, i, block.address() + 8L * (expected + i));
    }
  }

  private int next(Kind kind) {
    if (count == kinds.length) {
      throw new IllegalArgumentException(
          kernel.name() + " takes " + kinds.length + " arguments, more were given");
    }
    kinds[count] = kind;
    return kinds.length + count++;
  }

  /** Adds a device address (0 for none). */
  public Parameters pointer(long address) {
    block.setAtIndex(ValueLayout.JAVA_LONG, next(Kind.POINTER), address);
    return this;
  }

  /** Adds a 32-bit integer. */
  public Parameters int32(int value) {
    block.setAtIndex(ValueLayout.JAVA_INT, 2L * next(Kind.INT32), value);
    return this;
  }

  /** Adds a 64-bit integer. */
  public Parameters int64(long value) {
    block.setAtIndex(ValueLayout.JAVA_LONG, next(Kind.INT64), value);
    return this;
  }

  /** Adds a single. */
  public Parameters float32(float value) {
    block.setAtIndex(ValueLayout.JAVA_FLOAT, 2L * next(Kind.FLOAT32), value);
    return this;
  }

  /** Adds a double. */
  public Parameters float64(double value) {
    block.setAtIndex(ValueLayout.JAVA_DOUBLE, next(Kind.FLOAT64), value);
    return this;
  }

  /**
   * Checks number and kinds against the device code.
   *
   * @throws IllegalArgumentException naming the first argument that does not fit
   */
  public Parameters complete() {
    if (count != kinds.length) {
      throw new IllegalArgumentException(
          kernel.name() + " takes " + kinds.length + " arguments, " + count + " were given");
    }
    kernel.signature().check(kernel.name(), kinds);
    return this;
  }

  /** Number of arguments. */
  public int size() {
    return count;
  }

  /** Kind of an argument. */
  public Kind kind(int index) {
    return kinds[index];
  }

  /** The raw bits of an argument, zero-extended. */
  public long bits(int index) {
    long slot = (long) kinds.length + index;
    return kinds[index].bytes() == 8
        ? block.getAtIndex(ValueLayout.JAVA_LONG, slot)
        : block.getAtIndex(ValueLayout.JAVA_INT, 2 * slot) & 0xffffffffL;
  }

  /** The block: {@link #size} addresses, then the slots. */
  public MemorySegment block() {
    return block;
  }
}
