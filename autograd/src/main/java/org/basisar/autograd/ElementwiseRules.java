package org.basisar.autograd;

import static org.basisar.autograd.GradientRules.one;

import org.basisar.tensor.Elementwise;
import org.basisar.tensor.Elementwise.BinaryKind;
import org.basisar.tensor.Elementwise.CompareKind;
import org.basisar.tensor.Elementwise.UnaryKind;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Gradients of {@link Elementwise} operations. */
final class ElementwiseRules {
  private ElementwiseRules() {}

  static @Nullable Tensor[] gradients(Elementwise op, Execution e) {
    return switch (op) {
      case Elementwise.Unary(UnaryKind kind) -> one(unary(kind, e));
      case Elementwise.Binary(BinaryKind kind) -> binary(kind, e);
      case Elementwise.Where _ -> where(e);
      case Elementwise.Affine affine ->
          one(affine.scale() == 1 ? e.gradient() : Ops.scale(e.gradient(), affine.scale()));
      case Elementwise.Power(double exponent) -> one(power(exponent, e));
      case Elementwise.Clamp _ -> {
        // Inside the interval, its ends included, the result equals the operand.
        Tensor inside = Ops.compare(CompareKind.EQUAL, e.input(0), e.output(0));
        yield one(Ops.where(inside, e.gradient(), zero(e)));
      }
      case Elementwise.Cast _ -> one(Ops.cast(e.gradient(), e.input(0).dtype()));
      case Elementwise.GatedGelu _ -> e.fused(new Elementwise.GatedGeluGradient(), 2);
      case Elementwise.GateResidual _ -> gateResidual(e);
      case Elementwise.Interpolate _ ->
          interpolate(
              e.input(0),
              e.input(1),
              e.input(2),
              e.gradient(),
              new boolean[] {e.needs(0), e.needs(1), e.needs(2)});
      case Elementwise.Compare compare -> throw new NotDifferentiableException(compare);
      case Elementwise.UnaryGradient gradient -> throw new NotDifferentiableException(gradient);
      case Elementwise.GatedGeluGradient gradient -> throw new NotDifferentiableException(gradient);
      case Elementwise.GateResidualGradient gradient ->
          throw new NotDifferentiableException(gradient);
    };
  }

  private static Tensor zero(Execution e) {
    return Ops.fillLike(e.gradient(), 0);
  }

  private static Tensor unary(UnaryKind kind, Execution e) {
    return kind == UnaryKind.NEG
        ? Ops.neg(e.gradient())
        : Engine.run(new Elementwise.UnaryGradient(kind), e.input(0), e.gradient())[0];
  }

  private static @Nullable Tensor[] binary(BinaryKind kind, Execution e) {
    Tensor g = e.gradient();
    Tensor x = e.input(0);
    Tensor y = e.input(1);
    boolean left = e.needs(0);
    boolean right = e.needs(1);
    return switch (kind) {
      case ADD -> new @Nullable Tensor[] {g, g};
      case SUB -> new @Nullable Tensor[] {g, right ? Ops.neg(g) : null};
      case MUL ->
          new @Nullable Tensor[] {left ? Ops.mul(g, y) : null, right ? Ops.mul(g, x) : null};
      case DIV ->
          // ∂(x/y)/∂y = −(x/y)/y, and x/y is the stored result.
          new @Nullable Tensor[] {
            left ? Ops.div(g, y) : null, right ? Ops.neg(Ops.div(Ops.mul(g, e.output(0)), y)) : null
          };
      case MAX ->
          new @Nullable Tensor[] {
            left ? chosen(e, CompareKind.GREATER) : null, right ? chosen(e, CompareKind.LESS) : null
          };
      case MIN ->
          new @Nullable Tensor[] {
            left ? chosen(e, CompareKind.LESS) : null, right ? chosen(e, CompareKind.GREATER) : null
          };
    };
  }

  /** The gradient where the relation chose this operand, half of it where both are equal. */
  private static Tensor chosen(Execution e, CompareKind relation) {
    Tensor g = e.gradient();
    Tensor x = Ops.expand(e.input(0), g.shape());
    Tensor y = Ops.expand(e.input(1), g.shape());
    Tensor tie = Ops.where(Ops.compare(CompareKind.EQUAL, x, y), Ops.scale(g, 0.5), zero(e));
    return Ops.where(Ops.compare(relation, x, y), g, tie);
  }

  private static @Nullable Tensor[] where(Execution e) {
    Tensor condition = e.input(0);
    Tensor g = e.gradient();
    return new @Nullable Tensor[] {
      null,
      e.needs(1) ? Ops.where(condition, g, zero(e)) : null,
      e.needs(2) ? Ops.where(condition, zero(e), g) : null
    };
  }

  private static Tensor power(double exponent, Execution e) {
    if (exponent == 0) {
      // x⁻¹ would make 0·∞ of x = 0.
      return zero(e);
    }
    if (exponent == 1) {
      return e.gradient();
    }
    Tensor slope = Ops.scale(Ops.power(e.input(0), exponent - 1), exponent);
    return Ops.mul(e.gradient(), slope);
  }

  private static @Nullable Tensor[] gateResidual(Execution e) {
    Tensor y = null;
    Tensor gate = null;
    if (e.needsAny(1, 3)) {
      Tensor[] both =
          Engine.run(new Elementwise.GateResidualGradient(), e.input(1), e.input(2), e.gradient());
      y = both[0];
      gate = both[1];
    }
    return new @Nullable Tensor[] {e.gradient(), y, gate};
  }

  /** out = (1 − t)·x + t·noise with t [B, G]: one time for the tokens of a group. */
  static @Nullable Tensor[] interpolate(
      Tensor x, Tensor noise, Tensor time, Tensor gradient, boolean[] needs) {
    int[] dims = x.shape().dims(); // [B, N, C]
    int groups = time.shape().dim(1);
    int run = dims[1] / groups * dims[2];
    Tensor g = Ops.reshape(gradient, dims[0], groups, run); // [B, G, N/G·C]
    Tensor factor = Ops.reshape(time, dims[0], groups, 1);
    Tensor ofX = null;
    Tensor ofNoise = null;
    Tensor ofTime = null;
    if (needs[0]) {
      ofX = Ops.reshape(Ops.mul(g, Ops.affine(factor, -1, 1)), dims);
    }
    if (needs[1]) {
      ofNoise = Ops.reshape(Ops.mul(g, factor), dims);
    }
    if (needs[2]) {
      Tensor slope = Ops.reshape(Ops.sub(noise, x), dims[0], groups, run);
      ofTime = Ops.sum(Ops.mul(g, slope), 2);
    }
    return new @Nullable Tensor[] {ofX, ofNoise, ofTime};
  }
}
