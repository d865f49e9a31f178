package org.basisar.autograd;

import static org.basisar.autograd.GradientRules.one;

import org.basisar.tensor.Elementwise.CompareKind;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Reduction;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Gradients of {@link Reduction} operations. */
final class ReductionRules {
  private ReductionRules() {}

  static @Nullable Tensor[] gradients(Reduction op, Execution e) {
    return switch (op) {
      case Reduction.Reduce(Reduction.Kind kind, int axis) ->
          one(reduced(kind, e, e.shape(0).with(axis, 1)));
      case Reduction.ReduceAll(Reduction.Kind kind) -> one(reduced(kind, e, Shape.SCALAR));
      case Reduction.SumTo _ -> one(Ops.expand(e.gradient(), e.shape(0)));
      case Reduction.CrossEntropy _ ->
          new @Nullable Tensor[] {
            Engine.run(new Reduction.CrossEntropyGradient(), e.input(0), e.input(1), e.gradient())[
                0],
            null
          };
      case Reduction.CrossEntropyGradient gradient ->
          throw new NotDifferentiableException(gradient);
    };
  }

  /**
   * @param kept the result's shape with the reduced axes still there, so that it broadcasts back
   */
  private static Tensor reduced(Reduction.Kind kind, Execution e, Shape kept) {
    Tensor x = e.input(0);
    Tensor g = Ops.reshape(e.gradient(), kept.dims());
    Tensor result = Ops.reshape(e.output(0), kept.dims());
    return switch (kind) {
      case SUM -> Ops.expand(g, x.shape());
      case MEAN -> {
        double share = (double) g.size() / x.size();
        yield Ops.expand(Ops.scale(g, share), x.shape());
      }
      case MAX -> {
        // Elements that tie for the maximum share its gradient equally.
        Tensor attained = Ops.compare(CompareKind.EQUAL, x, Ops.expand(result, x.shape()));
        Tensor mask = Ops.cast(attained, x.dtype());
        yield Ops.mul(mask, Ops.div(g, Ops.sumTo(mask, kept)));
      }
      case NORM -> {
        // At zero the norm has a kink; the gradient of least length there is zero.
        Tensor zero = Ops.fillLike(result, 0);
        Tensor atZero = Ops.compare(CompareKind.EQUAL, result, zero);
        yield Ops.mul(x, Ops.where(atZero, zero, Ops.div(g, result)));
      }
      case LOG_SUM_EXP -> Ops.mul(g, Ops.exp(Ops.sub(x, result)));
    };
  }
}
