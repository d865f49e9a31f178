package org.basisar.tensor;

import java.util.Arrays;
import java.util.List;

/** Operations that move or select elements without arithmetic. */
public sealed interface Movement extends Op {

  @Override
  default long flops(Tensor[] inputs, Output[] outputs) {
    return 0;
  }

  /** Operations that return another strided view of the same storage and launch nothing. */
  sealed interface View extends Movement {
    /** Strides and offset of the view, in elements, for an operand that {@link #infer} accepted. */
    Layout layout(Tensor input);
  }

  /** Where a view's elements lie in its storage. */
  final class Layout {
    private final int[] strides;
    private final int offset;

    /** A layout that takes the array over. */
    public Layout(int[] strides, int offset) {
      this.strides = strides;
      this.offset = offset;
    }

    /** Distance between neighbours along each axis, in elements. */
    public int[] strides() {
      return strides;
    }

    /** Place of the first element. */
    public int offset() {
      return offset;
    }
  }

  /** Same elements in row-major order under another shape; the operand must be dense. */
  record Reshape(Shape shape) implements View {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 1);
      Checks.require(
          shape.size() == inputs[0].size(),
          this,
          inputs[0].shape() + " has " + inputs[0].size() + " elements, " + shape + " another count",
          inputs[0].shape(),
          shape);
      return Checks.one(shape, inputs[0].dtype());
    }

    @Override
    public Layout layout(Tensor input) {
      return new Layout(shape.denseStrides(), input.offset());
    }
  }

  /** Axis {@code i} of the result is axis {@code order[i]} of the operand. */
  record Permute(List<Integer> order) implements View {
    /** Copies the order. */
    public Permute {
      order = List.copyOf(order);
    }

    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 1);
      Shape shape = inputs[0].shape();
      boolean[] seen = new boolean[shape.rank()];
      int[] dims = new int[order.size()];
      for (int i = 0; i < dims.length; i++) {
        int axis = order.get(i);
        Checks.require(
            order.size() == shape.rank() && axis >= 0 && axis < seen.length && !seen[axis],
            this,
            "order " + order + " is no permutation of the axes of " + shape,
            shape);
        seen[axis] = true;
        dims[i] = shape.dim(axis);
      }
      return Checks.one(Shape.of(dims), inputs[0].dtype());
    }

    @Override
    public Layout layout(Tensor input) {
      int[] strides = new int[order.size()];
      for (int i = 0; i < strides.length; i++) {
        strides[i] = input.stride(order.get(i));
      }
      return new Layout(strides, input.offset());
    }
  }

  /** The {@code length} entries from {@code start} on along one axis. */
  record Slice(int axis, int start, int length) implements View {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 1);
      Shape shape = inputs[0].shape();
      Checks.require(
          start >= 0 && length >= 0 && start + length <= shape.dim(axis),
          this,
          "entries " + start + " to " + (start + length) + " exceed axis " + axis + " of " + shape,
          shape);
      return Checks.one(shape.with(axis, length), inputs[0].dtype());
    }

    @Override
    public Layout layout(Tensor input) {
      int at = input.shape().axis(axis);
      int[] strides = new int[input.shape().rank()];
      for (int i = 0; i < strides.length; i++) {
        strides[i] = input.stride(i);
      }
      // A view without elements, however it came about, must not start beyond the storage.
      boolean empty = length == 0 || input.size() == 0;
      int skipped = empty ? 0 : start * input.stride(at);
      return new Layout(strides, input.offset() + skipped);
    }
  }

  /** Repeats extents of 1 (and missing leading axes) to reach {@code shape}, with stride 0. */
  record Expand(Shape shape) implements View {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 1);
      Checks.require(
          inputs[0].shape().rank() <= shape.rank()
              && Shape.broadcast(title(), inputs[0].shape(), shape).equals(shape),
          this,
          inputs[0].shape() + " does not broadcast to " + shape,
          inputs[0].shape(),
          shape);
      return Checks.one(shape, inputs[0].dtype());
    }

    @Override
    public Layout layout(Tensor input) {
      int[] strides = new int[shape.rank()];
      int lead = shape.rank() - input.shape().rank();
      for (int i = lead; i < strides.length; i++) {
        strides[i] = input.shape().dim(i - lead) == 1 ? 0 : input.stride(i - lead);
      }
      return new Layout(strides, input.offset());
    }
  }

  /** A dense copy. */
  record Contiguous() implements Movement {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 1);
      return Checks.like(inputs[0]);
    }
  }

  /** Joins any number of tensors along one axis. */
  record Concat(int axis) implements Movement {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.countBetween(this, inputs, 1, Integer.MAX_VALUE);
      Shape first = inputs[0].shape();
      int total = 0;
      for (Tensor input : inputs) {
        Checks.dtype(this, input, inputs[0].dtype(), "every operand");
        Checks.require(
            input.shape().rank() == first.rank()
                && input.shape().with(axis, 0).equals(first.with(axis, 0)),
            this,
            "shapes " + first + " and " + input.shape() + " differ beside axis " + axis,
            first,
            input.shape());
        total = Math.addExact(total, input.shape().dim(axis));
      }
      return Checks.one(first.with(axis, total), inputs[0].dtype());
    }
  }

  /** Cuts one axis into equal parts, each a dense result of its own. */
  record Split(int axis, int parts) implements Movement {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 1);
      Shape shape = inputs[0].shape();
      Checks.require(
          parts > 0 && shape.dim(axis) % parts == 0,
          this,
          "axis " + axis + " of " + shape + " cannot be cut into " + parts + " equal parts",
          shape);
      Output part = new Output(shape.with(axis, shape.dim(axis) / parts), inputs[0].dtype());
      Output[] outputs = new Output[parts];
      Arrays.fill(outputs, part);
      return outputs;
    }
  }

  /** Surrounds one axis with zeros. */
  record Pad(int axis, int before, int after) implements Movement {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 1);
      Shape shape = inputs[0].shape();
      Checks.require(before >= 0 && after >= 0, this, "padding must not be negative", shape);
      return Checks.one(shape.with(axis, before + shape.dim(axis) + after), inputs[0].dtype());
    }
  }

  /**
   * (x, index I32 [K]) ↦ entries {@code index} of x along one axis. An index outside the axis
   * throws on the CPU.
   */
  record Gather(int axis) implements Movement {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 2);
      Checks.dtype(this, inputs[1], DType.I32, "index");
      Checks.rank(this, inputs[1], 1, "index");
      return Checks.one(inputs[0].shape().with(axis, inputs[1].shape().dim(0)), inputs[0].dtype());
    }
  }

  /**
   * (g, index I32 [K]) ↦ zeros with {@code extent} entries along the axis, to which entry k of g is
   * added at {@code index[k]}, in order of k: the transpose of {@link Gather}.
   */
  record ScatterAdd(int axis, int extent) implements Movement {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 2);
      Checks.floating(this, inputs, 0, 1);
      Checks.dtype(this, inputs[1], DType.I32, "index");
      Checks.shape(this, inputs[1], Shape.of(inputs[0].shape().dim(axis)), "index");
      return Checks.one(inputs[0].shape().with(axis, extent), inputs[0].dtype());
    }
  }

  /** (table [V, D], index I32 of any shape) ↦ rows of the table, shape [index…, D]. */
  record Embedding() implements Movement {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 2);
      Checks.floating(this, inputs, 0, 1);
      Checks.rank(this, inputs[0], 2, "table");
      Checks.dtype(this, inputs[1], DType.I32, "index");
      Shape index = inputs[1].shape();
      return Checks.one(index.insert(index.rank(), inputs[0].shape().dim(1)), inputs[0].dtype());
    }
  }

  /** (index I32, g [index…, D]) ↦ ∂L/∂table [rows, D], summed in order of the index. */
  record EmbeddingGradient(int rows) implements Movement {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 2);
      Checks.dtype(this, inputs[0], DType.I32, "index");
      Checks.floating(this, inputs, 1, 2);
      Checks.rankAtLeast(this, inputs[1], 1);
      Checks.require(
          inputs[1].shape().without(-1).equals(inputs[0].shape()),
          this,
          "gradient " + inputs[1].shape() + " must be index " + inputs[0].shape() + " with a width",
          inputs[0].shape(),
          inputs[1].shape());
      return Checks.one(Shape.of(rows, inputs[1].shape().dim(-1)), inputs[1].dtype());
    }
  }
}
