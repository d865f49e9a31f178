package org.basisar.tensor;

import java.util.Locale;

/** Operations whose every result element depends on the operands' elements at the same place. */
public sealed interface Elementwise extends Op {

  /** Functions of one variable. */
  enum UnaryKind {
    NEG,
    EXP,
    LOG,
    SQRT,
    RSQRT,
    SQUARE,
    ABS,
    SIGMOID,
    /** x · sigmoid(x). */
    SILU,
    /** x · Φ(x) with the exact normal distribution function, not the tanh approximation. */
    GELU,
    TANH,
    SIN,
    COS,
    /** Rounds toward zero; its gradient is zero. */
    TRUNC
  }

  /** y = f(x), any shape. */
  record Unary(UnaryKind kind) implements Elementwise {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 1);
      Checks.floating(this, inputs, 0, 1);
      return Checks.like(inputs[0]);
    }

    @Override
    public String title() {
      return kind.name().toLowerCase(Locale.ROOT);
    }
  }

  /** (x, ∂L/∂y) ↦ ∂L/∂x = f′(x) · ∂L/∂y for the same function. */
  record UnaryGradient(UnaryKind kind) implements Elementwise {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 2);
      Checks.floating(this, inputs, 0, 2);
      Checks.same(this, inputs[0], inputs[1]);
      return Checks.like(inputs[0]);
    }

    @Override
    public String title() {
      return kind.name().toLowerCase(Locale.ROOT) + "Gradient";
    }
  }

  /** Functions of two variables. */
  enum BinaryKind {
    ADD,
    SUB,
    MUL,
    DIV,
    MAX,
    MIN
  }

  /** z = f(x, y), operands broadcast to a common shape. */
  record Binary(BinaryKind kind) implements Elementwise {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 2);
      DType dtype = Checks.floating(this, inputs, 0, 2);
      return Checks.one(Shape.broadcast(title(), inputs[0].shape(), inputs[1].shape()), dtype);
    }

    @Override
    public String title() {
      return kind.name().toLowerCase(Locale.ROOT);
    }
  }

  /** Order relations. */
  enum CompareKind {
    LESS,
    LESS_EQUAL,
    EQUAL,
    GREATER,
    GREATER_EQUAL
  }

  /** (x, y) ↦ U8 mask of the relation; operands have equal shapes. Not differentiable. */
  record Compare(CompareKind kind) implements Elementwise {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 2);
      Checks.floating(this, inputs, 0, 2);
      Checks.same(this, inputs[0], inputs[1]);
      return Checks.one(inputs[0].shape(), DType.U8);
    }
  }

  /** (condition U8, x, y) ↦ x where the condition holds, else y; equal shapes. */
  record Where() implements Elementwise {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 3);
      Checks.dtype(this, inputs[0], DType.U8, "condition");
      Checks.floating(this, inputs, 1, 3);
      Checks.same(this, inputs[0], inputs[1]);
      Checks.same(this, inputs[1], inputs[2]);
      return Checks.like(inputs[1]);
    }
  }

  /** y = scale · x + shift with two constants. */
  record Affine(double scale, double shift) implements Elementwise {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 1);
      Checks.floating(this, inputs, 0, 1);
      return Checks.like(inputs[0]);
    }
  }

  /** y = x^exponent for x &gt; 0 (any x if the exponent is a whole number). */
  record Power(double exponent) implements Elementwise {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 1);
      Checks.floating(this, inputs, 0, 1);
      return Checks.like(inputs[0]);
    }
  }

  /** y = min(max(x, least), most). */
  record Clamp(double least, double most) implements Elementwise {
    /** Checks that the interval is not empty. */
    public Clamp {
      if (!(least <= most)) {
        throw new IllegalArgumentException(
            "clamp: lower bound " + least + " must not exceed upper bound " + most);
      }
    }

    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 1);
      Checks.floating(this, inputs, 0, 1);
      return Checks.like(inputs[0]);
    }
  }

  /** Converts to another dtype, rounding to nearest even; to integers it truncates. */
  record Cast(DType dtype) implements Elementwise {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 1);
      return Checks.one(inputs[0].shape(), dtype);
    }
  }

  /** (gate, value) ↦ gelu(gate) · value, the product inside a gated MLP. */
  record GatedGelu() implements Elementwise {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 2);
      Checks.floating(this, inputs, 0, 2);
      Checks.same(this, inputs[0], inputs[1]);
      return Checks.like(inputs[0]);
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return 4L * outputs[0].shape().size();
    }
  }

  /** (gate, value, ∂L/∂y) ↦ (∂L/∂gate, ∂L/∂value). */
  record GatedGeluGradient() implements Elementwise {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 3);
      Checks.floating(this, inputs, 0, 3);
      Checks.same(this, inputs[0], inputs[1]);
      Checks.same(this, inputs[0], inputs[2]);
      return Checks.like(inputs[0], inputs[1]);
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return 8L * outputs[0].shape().size();
    }
  }

  /**
   * (x [B, N, D], y [B, N, D], gate [B, G, D]) ↦ x + gate · y; token n uses gate row n·G/N, so that
   * the gate of a cell is read in place and never repeated over its tokens. G divides N.
   */
  record GateResidual() implements Elementwise {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 3);
      Checks.floating(this, inputs, 0, 3);
      Checks.same(this, inputs[0], inputs[1]);
      Groups.check(this, inputs[0], inputs[2], "gate");
      return Checks.like(inputs[0]);
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return 2L * outputs[0].shape().size();
    }
  }

  /** (y [B, N, D], gate [B, G, D], ∂L/∂out [B, N, D]) ↦ (∂L/∂y, ∂L/∂gate). */
  record GateResidualGradient() implements Elementwise {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 3);
      Checks.floating(this, inputs, 0, 3);
      Checks.same(this, inputs[0], inputs[2]);
      Groups.check(this, inputs[0], inputs[1], "gate");
      return Checks.like(inputs[0], inputs[1]);
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return 3L * outputs[0].shape().size();
    }
  }

  /**
   * (x [B, N, C], noise [B, N, C], time [B, G]) ↦ (1 − t)·x + t·noise with one time per image and
   * group of N/G tokens (the flow interpolant; paper eq. 2).
   */
  record Interpolate() implements Elementwise {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 3);
      Checks.floating(this, inputs, 0, 3);
      Checks.rank(this, inputs[0], 3, "x");
      Checks.same(this, inputs[0], inputs[1]);
      Groups.checkTime(this, inputs[0].shape(), inputs[2]);
      return Checks.like(inputs[0]);
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return 3L * outputs[0].shape().size();
    }
  }
}
