package org.basisar.tensor.cuda;

import static org.basisar.tensor.cuda.CudaContext.address;
import static org.basisar.tensor.cuda.CudaContext.type;

import java.util.Arrays;
import org.basisar.gpu.Dnn;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.elementwise.BroadcastKernel;
import org.basisar.tensor.Convolution;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/** Binds the operations of {@link Convolution} to the convolutions of the device's library. */
final class CudaConvolution {
  private CudaConvolution() {}

  static Launch prepare(CudaContext context, Convolution op, Tensor[] inputs, Tensor[] outputs) {
    Tensor out = outputs[0];
    if (out.size() == 0) {
      return CudaContext.nothing();
    }
    if (Arrays.stream(inputs).anyMatch(input -> input.size() == 0)) {
      return context.fill(out, 0);
    }
    Dnn dnn = context.gpu().dnn();
    long result = address(out);
    long first = address(inputs[0]);
    long second = address(inputs[1]);
    return switch (op) {
      case Convolution.Convolve convolve -> {
        org.basisar.gpu.Convolution shape = shape(op, inputs[0].shape(), inputs[1].shape(), out);
        Launch product = () -> dnn.forward(context.stream(), shape, first, second, result);
        if (!convolve.bias()) {
          yield product;
        }
        Launch bias = context.launch(addBias(context, inputs[2], out));
        yield () -> {
          product.run();
          bias.run();
        };
      }
      case Convolution.ConvolveInputGradient _ -> {
        org.basisar.gpu.Convolution shape = shape(op, out.shape(), inputs[0].shape(), out);
        yield () -> dnn.backwardData(context.stream(), shape, first, second, result);
      }
      case Convolution.ConvolveWeightGradient _ -> {
        org.basisar.gpu.Convolution shape = shape(op, inputs[0].shape(), out.shape(), out);
        yield () -> dnn.backwardFilter(context.stream(), shape, first, second, result);
      }
    };
  }

  private static org.basisar.gpu.Convolution shape(
      Convolution op, Shape image, Shape filter, Tensor out) {
    return new org.basisar.gpu.Convolution(
        type(out.dtype()),
        image.dim(0),
        image.dim(1),
        image.dim(2),
        image.dim(3),
        filter.dim(0),
        filter.dim(2),
        filter.dim(3),
        op.padding(),
        op.stride(),
        1);
  }

  /** Adds the bias to each channel of the result in place. */
  private static KernelLaunch addBias(CudaContext context, Tensor bias, Tensor out) {
    int channels = out.shape().dim(1);
    int positions = out.shape().dim(2) * out.shape().dim(3);
    int[] extents = {1, 1, 1, out.shape().dim(0), channels, positions};
    int[] image = {0, 0, 0, channels * positions, positions, 1};
    int[] repeated = {0, 0, 0, 0, 1, 0};
    return BroadcastKernel.prepare(
        context.kernels(),
        "add",
        type(out.dtype()),
        address(out),
        address(bias),
        address(out),
        extents,
        image,
        repeated);
  }
}
