package org.basisar.tensor.cpu;

import org.basisar.tensor.DType;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Movement;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Fast kernels of {@link Movement}: block copies of any dtype, additions in fp32. */
final class FastMovement {
  private FastMovement() {}

  static @Nullable Launch prepare(Movement op, Tensor[] inputs, Tensor[] outputs) {
    Tensor x = inputs[0];
    Tensor y = outputs[0];
    Shape shape = x.shape();
    return switch (op) {
      // Views launch nothing.
      case Movement.View _ -> null;
      case Movement.Contiguous() -> new StridedCopy(x, y);
      case Movement.Concat(int axis) -> concat(axis, inputs, y);
      case Movement.Split(int axis, int parts) -> split(axis, parts, x, outputs);
      case Movement.Pad(int axis, int before, int after) -> new Pad(axis, before, after, x, y);
      case Movement.Gather(int axis) ->
          new FastGather(
              op.title(),
              PlainIndex.outer(shape, axis),
              shape.dim(axis),
              PlainIndex.inner(shape, axis),
              x,
              inputs[1],
              y);
      case Movement.Embedding() ->
          new FastGather(op.title(), 1, shape.dim(0), shape.dim(1), x, inputs[1], y);
      case Movement.ScatterAdd(int axis, int extent) ->
          x.dtype() != DType.F32
              ? null
              : new FastScatter(
                  op.title(),
                  PlainIndex.outer(shape, axis),
                  extent,
                  PlainIndex.inner(shape, axis),
                  x,
                  inputs[1],
                  y);
      case Movement.EmbeddingGradient(int rows) ->
          inputs[1].dtype() != DType.F32
              ? null
              : new FastScatter(op.title(), 1, rows, y.shape().dim(1), inputs[1], x, y);
    };
  }

  /** {@code to} ← {@code from}, both dense and of one size. */
  static Launch copy(Tensor from, Tensor to) {
    return new BlockCopy(from, 0, from.size(), to, 0, to.size(), from.size(), 1);
  }

  private static Launch concat(int axis, Tensor[] inputs, Tensor output) {
    int outer = PlainIndex.outer(output.shape(), axis);
    int inner = PlainIndex.inner(output.shape(), axis);
    int whole = output.shape().dim(axis) * inner;
    Launch[] copies = new Launch[inputs.length];
    int at = 0;
    for (int i = 0; i < copies.length; i++) {
      int block = inputs[i].shape().dim(axis) * inner;
      copies[i] = new BlockCopy(inputs[i], 0, block, output, at, whole, block, outer);
      at += block;
    }
    return FastKernel.sequence(copies);
  }

  private static Launch split(int axis, int parts, Tensor input, Tensor[] outputs) {
    int outer = PlainIndex.outer(input.shape(), axis);
    int whole = input.shape().dim(axis) * PlainIndex.inner(input.shape(), axis);
    int block = whole / parts;
    Launch[] copies = new Launch[parts];
    for (int i = 0; i < parts; i++) {
      copies[i] = new BlockCopy(input, i * block, whole, outputs[i], 0, block, block, outer);
    }
    return FastKernel.sequence(copies);
  }

  /** Copies {@code count} blocks between two fixed distances; an item is one element. */
  private static final class BlockCopy extends FastKernel {
    private final Object from;
    private final int fromOffset;
    private final int fromStep;
    private final Object to;
    private final int toOffset;
    private final int toStep;
    private final int block;
    private final int count;

    BlockCopy(
        Tensor source,
        int first,
        int fromStep,
        Tensor target,
        int into,
        int toStep,
        int block,
        int count) {
      from = source.storage().memory();
      fromOffset = source.offset() + first;
      this.fromStep = fromStep;
      to = target.storage().memory();
      toOffset = target.offset() + into;
      this.toStep = toStep;
      this.block = block;
      this.count = count;
    }

    @Override
    public int items() {
      return block * count;
    }

    @Override
    public int grain() {
      return 2 * CHEAP;
    }

    @Override
    public void run(int first, int end) {
      for (int item = first; item < end; ) {
        int row = item / block;
        int column = item - row * block;
        int length = Math.min(block - column, end - item);
        System.arraycopy(
            from,
            fromOffset + row * fromStep + column,
            to,
            toOffset + row * toStep + column,
            length);
        item += length;
      }
    }
  }

  /** An item is one block with the zeros around it. */
  private static final class Pad extends FastKernel {
    private final Object from;
    private final int fromOffset;
    private final Object to;
    private final int toOffset;
    private final int outer;
    private final int before;
    private final int block;
    private final int after;

    Pad(int axis, int before, int after, Tensor input, Tensor output) {
      from = input.storage().memory();
      fromOffset = input.offset();
      to = output.storage().memory();
      toOffset = output.offset();
      int inner = PlainIndex.inner(input.shape(), axis);
      outer = PlainIndex.outer(input.shape(), axis);
      this.before = before * inner;
      block = input.shape().dim(axis) * inner;
      this.after = after * inner;
    }

    @Override
    public int items() {
      return outer;
    }

    @Override
    public int grain() {
      return grain(2 * CHEAP, before + block + after);
    }

    @Override
    public void run(int first, int end) {
      int whole = before + block + after;
      for (int item = first; item < end; item++) {
        int at = toOffset + item * whole;
        FastFill.fill(to, at, at + before, 0);
        System.arraycopy(from, fromOffset + item * block, to, at + before, block);
        FastFill.fill(to, at + before + block, at + whole, 0);
      }
    }
  }
}
