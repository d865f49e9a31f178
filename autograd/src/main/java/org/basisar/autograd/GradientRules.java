package org.basisar.autograd;

import org.basisar.tensor.AttentionOp;
import org.basisar.tensor.Basis;
import org.basisar.tensor.Convolution;
import org.basisar.tensor.CustomOp;
import org.basisar.tensor.Elementwise;
import org.basisar.tensor.Generation;
import org.basisar.tensor.Matrix;
import org.basisar.tensor.Movement;
import org.basisar.tensor.Normalization;
import org.basisar.tensor.Op;
import org.basisar.tensor.Optimization;
import org.basisar.tensor.Reduction;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The gradient of every operation, as one table over the closed set: an operation without a rule
 * does not compile. Operations that are not differentiable are listed as such and throw.
 *
 * <p>A rule returns one entry per operand, null where none is needed or none exists. A gradient may
 * have the broadcast shape of the result instead of the operand's; {@link Walk} sums it down, so
 * that no rule deals with broadcasting. A gradient is a new tensor or a view of the gradient of a
 * result, never a view of an operand or a result, because the walk may add to it in place.
 */
final class GradientRules {
  private GradientRules() {}

  /**
   * Gradients of the loss with respect to the operands of one execution.
   *
   * @param outputGradients one per result, null where the loss does not depend on it; not all null
   * @param needs which operands' gradients are wanted
   * @throws NotDifferentiableException if the operation has no derivative
   */
  static @Nullable Tensor[] gradients(
      Op op,
      Tensor[] inputs,
      Tensor[] outputs,
      @Nullable Tensor[] outputGradients,
      boolean[] needs) {
    Execution execution = new Execution(inputs, outputs, outputGradients, needs);
    return switch (op) {
      case Elementwise elementwise -> ElementwiseRules.gradients(elementwise, execution);
      case Reduction reduction -> ReductionRules.gradients(reduction, execution);
      case Movement movement -> MovementRules.gradients(movement, execution);
      case Matrix matrix -> MatrixRules.gradients(matrix, execution);
      case Normalization normalization -> NormalizationRules.gradients(normalization, execution);
      case AttentionOp attention -> AttentionRules.gradients(attention, execution);
      case Convolution convolution -> ConvolutionRules.gradients(convolution, execution);
      case Basis basis -> BasisRules.gradients(basis, execution);
      case Generation generation -> GenerationRules.gradients(generation, execution);
      case Optimization optimization -> throw new NotDifferentiableException(optimization);
      case CustomOp custom -> execution.askCustom(custom);
    };
  }

  /** One gradient for one operand. */
  static @Nullable Tensor[] one(Tensor gradient) {
    return new @Nullable Tensor[] {gradient};
  }
}
