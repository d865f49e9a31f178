package org.basisar.autograd;

import org.basisar.tensor.Basis;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Gradients of {@link Basis} operations. */
final class BasisRules {
  private BasisRules() {}

  static @Nullable Tensor[] gradients(Basis op, Execution e) {
    return switch (op) {
      case Basis.Transform(boolean transposed) -> transform(transposed, e);
      case Basis.OuterSum _ ->
          // out = Σ p·qᵀ, so that each image has ∂p = g·q and ∂q = gᵀ·p.
          new @Nullable Tensor[] {
            e.needs(0) ? Ops.basisTransform(e.gradient(), e.input(1), false) : null,
            e.needs(1) ? Ops.basisTransform(e.gradient(), e.input(0), true) : null
          };
      case Basis.ResidualLoss _ -> e.fused(new Basis.ResidualLossGradient(), 3);
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
}
