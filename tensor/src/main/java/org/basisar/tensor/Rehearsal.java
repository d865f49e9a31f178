package org.basisar.tensor;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A device that computes nothing and holds nothing: it counts. What runs on it asks for the memory
 * that it would ask any device for, from the same pools, and its operations are noted by what they
 * would cost. Every number read from it is 0. Numbers in F64 are on the CPU as always, and real.
 *
 * <p>So a network of any size can be tried in a moment, on a machine that could never hold it.
 */
public final class Rehearsal {
  private final Map<Work, Long> launches = new LinkedHashMap<>();
  private final Device device = new Device("rehearsal", new Counting());

  /**
   * One operation on operands of one size.
   *
   * @param title of the operation
   * @param dense whether it multiplies matrices or attends, so that arithmetic and not memory is
   *     what it waits for
   * @param cost of one execution
   */
  public record Work(String title, boolean dense, Op.Cost cost) {}

  /** The device. */
  public Device device() {
    return device;
  }

  /** How often each operation was launched since the beginning, or since {@link #forget}. */
  public Map<Work, Long> launches() {
    return new LinkedHashMap<>(launches);
  }

  /** Begins counting launches anew. */
  public void forget() {
    launches.clear();
  }

  private final class Counting implements Backend {
    /** Stands for memory. */
    private record Block(DType dtype, int elements) {}

    @Override
    public Object allocate(DType dtype, int elements) {
      return new Block(dtype, elements);
    }

    @Override
    public void free(Object memory) {
      // There is none.
    }

    /** Work space is of no tensor, and not rehearsed. */
    @Override
    public long workBytes() {
      return 0;
    }

    @Override
    public Launch prepare(Op op, Tensor[] inputs, Tensor[] outputs) {
      boolean dense =
          op instanceof Matrix
              || op instanceof AttentionOp
              || op instanceof Convolution
              || op instanceof Basis;
      Work work = new Work(op.title(), dense, op.cost(inputs));
      return () -> launches.merge(work, 1L, Long::sum);
    }

    @Override
    public String describe() {
      return "rehearsal: counts memory and operations, computes nothing";
    }

    @Override
    public long memoryBytes() {
      return Long.MAX_VALUE;
    }

    @Override
    public void write(Object memory, int offset, Object host, int hostOffset, int count) {
      // What is read is 0 whatever was written.
    }

    @Override
    public void read(Object memory, int offset, Object host, int hostOffset, int count) {
      System.arraycopy(
          HostArrays.create(((Block) memory).dtype(), count), 0, host, hostOffset, count);
    }
  }
}
