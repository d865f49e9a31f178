package org.basisar.tensor.check;

import org.basisar.tensor.CustomOp;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.ShapeException;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** x ↦ x³, element by element: the example of an operation added from outside. */
public record CubeOp() implements CustomOp {
  @Override
  public Output[] infer(Tensor... inputs) {
    DType dtype = inputs[0].dtype();
    if (!dtype.isFloating()) {
      throw new ShapeException(
          "cube: needs a floating dtype, was given " + dtype + "; cast it first",
          inputs[0].shape());
    }
    return new Output[] {new Output(inputs[0].shape(), dtype)};
  }

  @Override
  public String title() {
    return "cube";
  }

  @Override
  public void compute(double[][] inputs, double[][] outputs) {
    for (int i = 0; i < inputs[0].length; i++) {
      double x = inputs[0][i];
      outputs[0][i] = x * x * x;
    }
  }

  @Override
  public @Nullable Tensor[] backward(
      Tensor[] inputs, Tensor[] outputs, @Nullable Tensor[] gradients) {
    Tensor gradient = gradients[0];
    return new @Nullable Tensor[] {
      gradient == null ? null : Ops.mul(gradient, Ops.scale(Ops.square(inputs[0]), 3))
    };
  }
}
