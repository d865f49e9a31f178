package org.basisar.tensor;

import java.util.Locale;

/** Operations that combine many elements into one, in an order that does not depend on threads. */
public sealed interface Reduction extends Op {

  /** How elements are combined. */
  enum Kind {
    SUM,
    MEAN,
    MAX,
    /** Square root of the sum of squares. */
    NORM,
    /** log Σ exp, with the maximum taken out first. */
    LOG_SUM_EXP
  }

  /** Reduces one axis, which disappears from the shape. */
  record Reduce(Kind kind, int axis) implements Reduction {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 1);
      DType dtype = Checks.floating(this, inputs, 0, 1);
      Checks.rankAtLeast(this, inputs[0], 1);
      Shape shape = inputs[0].shape();
      Checks.require(
          kind == Kind.SUM || kind == Kind.NORM || shape.dim(axis) > 0,
          this,
          "axis " + axis + " of " + shape + " is empty",
          shape);
      return Checks.one(shape.without(axis), dtype);
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return inputs[0].size();
    }

    @Override
    public String title() {
      return "reduce" + kind.name().charAt(0) + kind.name().substring(1).toLowerCase(Locale.ROOT);
    }
  }

  /** Reduces all elements to a scalar. */
  record ReduceAll(Kind kind) implements Reduction {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 1);
      DType dtype = Checks.floating(this, inputs, 0, 1);
      Checks.require(
          kind == Kind.SUM || kind == Kind.NORM || inputs[0].size() > 0,
          this,
          "shape " + inputs[0].shape() + " has no element",
          inputs[0].shape());
      return Checks.one(Shape.SCALAR, dtype);
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return inputs[0].size();
    }

    @Override
    public String title() {
      return "reduceAll"
          + kind.name().charAt(0)
          + kind.name().substring(1).toLowerCase(Locale.ROOT);
    }
  }

  /** Sums over the axes along which {@code shape} would have been broadcast to the operand's. */
  record SumTo(Shape shape) implements Reduction {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 1);
      DType dtype = Checks.floating(this, inputs, 0, 1);
      Checks.require(
          shape.rank() <= inputs[0].shape().rank()
              && Shape.broadcast(title(), shape, inputs[0].shape()).equals(inputs[0].shape()),
          this,
          "shape " + shape + " does not broadcast to " + inputs[0].shape(),
          shape,
          inputs[0].shape());
      return Checks.one(shape, dtype);
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return inputs[0].size();
    }
  }

  /**
   * (logits [R, K], labels I32 [R]) ↦ mean over rows of −log softmax(logits)[label], a scalar.
   * Labels outside 0 … K−1 make the result NaN.
   */
  record CrossEntropy() implements Reduction {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 2);
      DType dtype = Checks.floating(this, inputs, 0, 1);
      Checks.rank(this, inputs[0], 2, "logits");
      Checks.dtype(this, inputs[1], DType.I32, "labels");
      Checks.shape(this, inputs[1], Shape.of(inputs[0].shape().dim(0)), "labels");
      return Checks.one(Shape.SCALAR, dtype);
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return 3L * inputs[0].size();
    }
  }

  /** (logits [R, K], labels I32 [R], ∂L/∂loss scalar) ↦ ∂L/∂logits [R, K]. */
  record CrossEntropyGradient() implements Reduction {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 3);
      DType dtype = Checks.floating(this, inputs, 0, 1);
      Checks.rank(this, inputs[0], 2, "logits");
      Checks.dtype(this, inputs[1], DType.I32, "labels");
      Checks.shape(this, inputs[1], Shape.of(inputs[0].shape().dim(0)), "labels");
      Checks.dtype(this, inputs[2], dtype, "gradient");
      Checks.shape(this, inputs[2], Shape.SCALAR, "gradient");
      return Checks.like(inputs[0]);
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return 3L * inputs[0].size();
    }
  }
}
