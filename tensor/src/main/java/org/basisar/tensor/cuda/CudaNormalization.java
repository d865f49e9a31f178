package org.basisar.tensor.cuda;

import java.util.ArrayList;
import java.util.List;
import org.basisar.kernels.normalization.NormGradientKernel;
import org.basisar.kernels.normalization.NormKernel;
import org.basisar.kernels.normalization.NormKind;
import org.basisar.kernels.normalization.NormOperands;
import org.basisar.kernels.normalization.NormShape;
import org.basisar.kernels.normalization.SoftmaxKernel;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Normalization;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/** Binds the operations of {@link Normalization} to kernels. */
final class CudaNormalization {
  private CudaNormalization() {}

  static Launch prepare(CudaContext context, Normalization op, Tensor[] inputs, Tensor[] outputs) {
    Tensor x = inputs[0];
    if (x.size() == 0) {
      return zeros(context, outputs);
    }
    int width = x.shape().dim(-1);
    int rows = x.size() / width;
    Tensor out = outputs[0];
    return switch (op) {
      case Normalization.RmsNorm(double epsilon) ->
          forward(context, NormKind.RMS, inputs, rows, epsilon, out);
      case Normalization.RmsNormGradient(double epsilon) ->
          gradient(context, NormKind.RMS, inputs, rows, epsilon, outputs);
      case Normalization.RmsNormModulate(double epsilon) ->
          forward(context, NormKind.MODULATE, inputs, perGroup(inputs), epsilon, out);
      case Normalization.RmsNormModulateGradient(double epsilon) ->
          gradient(context, NormKind.MODULATE, inputs, perGroup(inputs), epsilon, outputs);
      case Normalization.LayerNorm(double epsilon) ->
          forward(context, NormKind.LAYER, inputs, rows, epsilon, out);
      case Normalization.LayerNormGradient(double epsilon) ->
          gradient(context, NormKind.LAYER, inputs, rows, epsilon, outputs);
      case Normalization.Softmax() ->
          context.launch(
              SoftmaxKernel.prepare(
                  context.kernels(),
                  CudaContext.type(x.dtype()),
                  CudaContext.address(x),
                  rows,
                  width,
                  CudaContext.address(out)));
      case Normalization.SoftmaxGradient() ->
          context.launch(
              SoftmaxKernel.gradient(
                  context.kernels(),
                  CudaContext.type(x.dtype()),
                  CudaContext.address(x),
                  CudaContext.address(inputs[1]),
                  rows,
                  width,
                  CudaContext.address(out)));
    };
  }

  /** Without rows the gradients of weights are 0. */
  private static Launch zeros(CudaContext context, Tensor[] outputs) {
    List<Launch> fills = new ArrayList<>();
    for (Tensor output : outputs) {
      if (output.size() > 0) {
        fills.add(context.fill(output, 0));
      }
    }
    return () -> fills.forEach(Launch::run);
  }

  /** Tokens that share a row of scale and shift. */
  private static int perGroup(Tensor[] inputs) {
    Shape groups = inputs[1].shape();
    return inputs[0].shape().dim(1) / groups.dim(1);
  }

  private static NormShape shape(Tensor x, int rowsPerGroup) {
    int width = x.shape().dim(-1);
    return new NormShape(x.size() / width, width, rowsPerGroup);
  }

  private static long optional(Tensor[] tensors, int index) {
    return index < tensors.length ? CudaContext.address(tensors[index]) : 0;
  }

  private static Launch forward(
      CudaContext context,
      NormKind kind,
      Tensor[] inputs,
      int rowsPerGroup,
      double epsilon,
      Tensor out) {
    Tensor x = inputs[0];
    return context.launch(
        NormKernel.prepare(
            context.kernels(),
            kind,
            CudaContext.type(x.dtype()),
            CudaContext.address(x),
            optional(inputs, 1),
            optional(inputs, 2),
            shape(x, rowsPerGroup),
            epsilon,
            CudaContext.address(out)));
  }

  private static Launch gradient(
      CudaContext context,
      NormKind kind,
      Tensor[] inputs,
      int rowsPerGroup,
      double epsilon,
      Tensor[] outputs) {
    Tensor x = inputs[0];
    NormShape shape = shape(x, rowsPerGroup);
    NormOperands operands =
        new NormOperands(
            CudaContext.address(x),
            inputs.length == 3 ? CudaContext.address(inputs[1]) : 0,
            CudaContext.address(inputs[inputs.length - 1]),
            CudaContext.address(outputs[0]),
            optional(outputs, 1),
            optional(outputs, 2));
    return context.launches(
        NormGradientKernel.prepare(
            context.kernels(),
            kind,
            CudaContext.type(x.dtype()),
            operands,
            shape,
            epsilon,
            context.scratch(NormGradientKernel.scratchBytes(shape))));
  }
}
