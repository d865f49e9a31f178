package org.basisar.autograd;

import org.basisar.tensor.Convolution;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Gradients of {@link Convolution}. */
final class ConvolutionRules {
  private ConvolutionRules() {}

  static @Nullable Tensor[] gradients(Convolution op, Execution e) {
    return switch (op) {
      case Convolution.Convolve convolve -> convolve(convolve, e);
      case Convolution.ConvolveInputGradient _, Convolution.ConvolveWeightGradient _ ->
          throw new NotDifferentiableException(op);
    };
  }

  private static @Nullable Tensor[] convolve(Convolution.Convolve op, Execution e) {
    Tensor x = e.input(0);
    Tensor weight = e.input(1);
    Tensor g = e.gradient(); // [B, O, H', W']
    @Nullable Tensor[] gradients = new @Nullable Tensor[e.inputs()];
    if (e.needs(0)) {
      Shape image = x.shape();
      gradients[0] =
          Engine.run(
              new Convolution.ConvolveInputGradient(
                  op.stride(), op.padding(), image.dim(2), image.dim(3)),
              weight,
              g)[0];
    }
    if (e.needs(1)) {
      Shape filter = weight.shape();
      gradients[1] =
          Engine.run(
              new Convolution.ConvolveWeightGradient(
                  op.stride(), op.padding(), filter.dim(2), filter.dim(3)),
              x,
              g)[0];
    }
    if (op.bias() && e.needs(2)) {
      int filters = weight.shape().dim(0);
      gradients[2] = Ops.reshape(Ops.sumTo(g, Shape.of(filters, 1, 1)), filters);
    }
    return gradients;
  }
}
