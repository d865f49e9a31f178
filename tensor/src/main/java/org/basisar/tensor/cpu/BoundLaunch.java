package org.basisar.tensor.cpu;

import java.util.ArrayList;
import java.util.List;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Op;
import org.basisar.tensor.Storage;
import org.basisar.tensor.Tensor;

/**
 * A launch with the memory that it reads and writes, so that a captured program can be looked
 * through for launches that are faster together.
 */
record BoundLaunch(Launch launch, List<Range> reads, List<Range> writes) implements Launch {
  /** Where a tensor lies. */
  record Range(Storage storage, int offset, int size) {
    static Range of(Tensor tensor) {
      return new Range(tensor.storage(), tensor.offset(), tensor.size());
    }

    /** Whether both have an element in common. A pool may have given one block to both in turn. */
    @SuppressWarnings("ReferenceEquality") // blocks are told apart by identity
    boolean overlaps(Range other) {
      return storage.memory() == other.storage.memory()
          && offset < other.offset + other.size
          && other.offset < offset + size;
    }
  }

  static BoundLaunch of(Op op, Launch launch, Tensor[] inputs, Tensor[] outputs) {
    List<Range> reads = new ArrayList<>();
    List<Range> writes = new ArrayList<>();
    for (Tensor input : inputs) {
      reads.add(Range.of(input));
    }
    for (int index : op.mutates(inputs)) {
      writes.add(reads.get(index));
    }
    for (Tensor output : outputs) {
      writes.add(Range.of(output));
    }
    return new BoundLaunch(launch, reads, writes);
  }

  /** Whether this reads or writes a block while it belongs to a tensor. */
  boolean touches(Storage storage) {
    return reads.stream().anyMatch(range -> range.storage() == storage)
        || writes.stream().anyMatch(range -> range.storage() == storage);
  }

  /** Whether this writes to a place. */
  boolean overwrites(Range place) {
    return writes.stream().anyMatch(place::overlaps);
  }

  /** Whether the first operands are these. */
  boolean begins(List<Range> tensors) {
    return reads.size() >= tensors.size() && reads.subList(0, tensors.size()).equals(tensors);
  }

  @Override
  public void run() {
    launch.run();
  }
}
