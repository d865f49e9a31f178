package org.basisar.tensor;

/** A block of device memory shared by the tensors that view it. */
public final class Storage {
  private final Pool pool;
  private final DType dtype;
  private final int capacity;
  private final Object memory;
  private int references;
  private long version;

  Storage(Pool pool, DType dtype, int capacity, Object memory) {
    this.pool = pool;
    this.dtype = dtype;
    this.capacity = capacity;
    this.memory = memory;
  }

  /** The block itself, for back ends: on the CPU a Java array of the dtype's kind. */
  public Object memory() {
    return memory;
  }

  /** Number of times the contents were overwritten in place. */
  public long version() {
    return version;
  }

  /** Whether no tensor is left that could read this memory; its next owner may have it already. */
  public synchronized boolean released() {
    return references == 0;
  }

  DType dtype() {
    return dtype;
  }

  int capacity() {
    return capacity;
  }

  Pool pool() {
    return pool;
  }

  void overwritten() {
    version++;
  }

  synchronized void retain() {
    references++;
  }

  synchronized void release() {
    if (--references == 0) {
      pool.release(this);
    }
  }
}
