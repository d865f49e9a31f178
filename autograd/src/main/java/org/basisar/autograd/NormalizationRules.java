package org.basisar.autograd;

import static org.basisar.autograd.GradientRules.one;

import org.basisar.tensor.Engine;
import org.basisar.tensor.Normalization;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Gradients of {@link Normalization} operations: each has a fused gradient operation. */
final class NormalizationRules {
  private NormalizationRules() {}

  static @Nullable Tensor[] gradients(Normalization op, Execution e) {
    return switch (op) {
      case Normalization.RmsNorm(double epsilon) ->
          e.fused(new Normalization.RmsNormGradient(epsilon), e.inputs());
      case Normalization.RmsNormModulate(double epsilon) ->
          e.fused(new Normalization.RmsNormModulateGradient(epsilon), 2);
      case Normalization.LayerNorm(double epsilon) ->
          e.fused(new Normalization.LayerNormGradient(epsilon), e.inputs() == 1 ? 1 : 2);
      case Normalization.Softmax _ ->
          one(Engine.run(new Normalization.SoftmaxGradient(), e.output(0), e.gradient())[0]);
      case Normalization.RmsNormGradient gradient -> throw new NotDifferentiableException(gradient);
      case Normalization.RmsNormModulateGradient gradient ->
          throw new NotDifferentiableException(gradient);
      case Normalization.LayerNormGradient gradient ->
          throw new NotDifferentiableException(gradient);
      case Normalization.SoftmaxGradient gradient -> throw new NotDifferentiableException(gradient);
    };
  }
}
