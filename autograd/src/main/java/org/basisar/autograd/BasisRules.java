package org.basisar.autograd;

import static org.basisar.autograd.GradientRules.one;

import org.basisar.tensor.Basis;
import org.basisar.tensor.Elementwise.CompareKind;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Gradients of {@link Basis} operations. */
final class BasisRules {
  private BasisRules() {}

  static @Nullable Tensor[] gradients(Basis op, Execution e) {
    return switch (op) {
      case Basis.Transform(boolean transposed) -> transform(transposed, e);
      case Basis.NoisyTransform _ -> noisyTransform(e);
      case Basis.OuterSum _ ->
          // out = Σ p·qᵀ, so that each image has ∂p = g·q and ∂q = gᵀ·p.
          new @Nullable Tensor[] {
            e.needs(0) ? Ops.basisTransform(e.gradient(), e.input(1), false) : null,
            e.needs(1) ? Ops.basisTransform(e.gradient(), e.input(0), true) : null
          };
      case Basis.Orthogonality _ -> one(orthogonality(e));
      case Basis.ResidualLoss(Basis.ResidualForm form) ->
          e.fused(new Basis.ResidualLossGradient(form), 3);
      case Basis.ResidualLossGradient gradient -> throw new NotDifferentiableException(gradient);
    };
  }

  private static @Nullable Tensor[] transform(boolean transposed, Execution e) {
    Tensor a = e.input(0); // [M, N]
    Tensor x = e.input(1);
    Tensor g = e.gradient();
    Tensor basis = null;
    if (e.needs(0)) {
      basis = transposed ? Ops.outerSum(x, g) : Ops.outerSum(g, x);
    }
    return new @Nullable Tensor[] {
      basis, e.needs(1) ? Ops.basisTransform(a, g, !transposed) : null
    };
  }

  /**
   * With G = ∂L/∂D, ∂L/∂A = (G + Gᵀ)·A. Mean and norm make G a multiple of D, which is symmetric;
   * where the norm has its kink, at D = 0, that is 0.
   */
  private static Tensor orthogonality(Execution e) {
    Tensor a = e.input(0);
    Tensor norm = e.output(1);
    Tensor difference = e.output(2);
    Tensor slope = null; // of L along 2·D
    if (e.hasGradient(0)) {
      slope = Ops.scale(e.gradientOrZero(0), 2.0 / a.size());
    }
    if (e.hasGradient(1)) {
      Tensor zero = Ops.fillLike(norm, 0);
      Tensor kink = Ops.compare(CompareKind.EQUAL, norm, zero);
      Tensor along = Ops.where(kink, zero, Ops.div(e.gradientOrZero(1), norm));
      slope = slope == null ? along : Ops.add(slope, along);
    }
    Tensor whole = null; // G + Gᵀ
    if (slope != null) {
      whole = Ops.mul(difference, Ops.scale(slope, 2));
    }
    if (e.hasGradient(2)) {
      Tensor g = e.gradientOrZero(2);
      Tensor both = Ops.add(g, Ops.transpose(g));
      whole = whole == null ? both : Ops.add(whole, both);
    }
    if (whole == null) {
      throw new IllegalStateException("the rule was asked without a gradient of a result");
    }
    Tensor gradient = Ops.matmul(whole, Ops.cast(a, whole.dtype()));
    return Ops.cast(gradient, a.dtype());
  }

  /** With g of y and g_t of y_t, A·x has g + (1 − t)·g_t. */
  private static @Nullable Tensor[] noisyTransform(Execution e) {
    Tensor coefficients = e.hasGradient(0) ? e.gradient() : null;
    Tensor noise = null;
    Tensor time = null;
    if (e.hasGradient(1)) {
      @Nullable Tensor[] mixed =
          ElementwiseRules.interpolate(
              e.output(0),
              e.input(2),
              e.input(3),
              e.gradientOrZero(1),
              new boolean[] {e.needsAny(0, 2), e.needs(2), e.needs(3)});
      Tensor through = mixed[0];
      if (through != null) {
        coefficients = coefficients == null ? through : Ops.add(coefficients, through);
      }
      noise = mixed[1];
      time = mixed[2];
    }
    Tensor basis = null;
    Tensor tokens = null;
    if (coefficients != null) {
      basis = e.needs(0) ? Ops.outerSum(coefficients, e.input(1)) : null;
      tokens = e.needs(1) ? Ops.basisTransform(e.input(0), coefficients, true) : null;
    }
    return new @Nullable Tensor[] {basis, tokens, noise, time};
  }
}
