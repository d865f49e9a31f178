package org.basisar.tensor.cuda;

import static org.basisar.tensor.cuda.CudaContext.address;
import static org.basisar.tensor.cuda.CudaContext.type;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.basisar.gpu.Dnn;
import org.basisar.gpu.ElementType;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.elementwise.BroadcastKernel;
import org.basisar.kernels.elementwise.CastKernel;
import org.basisar.tensor.Convolution;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/** Binds the operations of {@link Convolution} to the convolutions of the device's library. */
final class CudaConvolution {
  private static final long ALIGNMENT = 256;

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
      case Convolution.Convolve convolve -> forward(context, dnn, convolve, inputs, out);
      case Convolution.ConvolveInputGradient _ -> {
        org.basisar.gpu.Convolution shape =
            shape(op, out.shape(), inputs[0].shape(), type(out.dtype()));
        yield () -> dnn.backwardData(context.stream(), shape, first, second, result);
      }
      case Convolution.ConvolveWeightGradient _ -> {
        org.basisar.gpu.Convolution shape =
            shape(op, inputs[0].shape(), out.shape(), type(out.dtype()));
        yield () -> dnn.backwardFilter(context.stream(), shape, first, second, result);
      }
    };
  }

  private static Launch forward(
      CudaContext context, Dnn dnn, Convolution.Convolve op, Tensor[] inputs, Tensor out) {
    long x = address(inputs[0]);
    long weight = address(inputs[1]);
    long result = address(out);
    ElementType type = type(out.dtype());
    var shape = shape(op, inputs[0].shape(), inputs[1].shape(), type);
    if (!op.bias()) {
      return () -> dnn.forward(context.stream(), shape, x, weight, result);
    }
    if (type == ElementType.F32) {
      Launch bias = context.launch(addBias(context, address(inputs[2]), result, out.shape()));
      return () -> {
        dnn.forward(context.stream(), shape, x, weight, result);
        bias.run();
      };
    }
    return single(context, dnn, op, inputs, out);
  }

  /**
   * A convolution of BF16 with a bias, computed in F32: the library rounds what it writes, and
   * rounding before the bias is added would cost digits where the two cancel.
   */
  private static Launch single(
      CudaContext context, Dnn dnn, Convolution.Convolve op, Tensor[] inputs, Tensor out) {
    Tensor[] all = {inputs[0], inputs[1], inputs[2], out};
    long[] places = new long[all.length];
    long bytes = 0;
    for (int i = 0; i < all.length; i++) {
      places[i] = bytes;
      bytes += Math.ceilDiv((long) all[i].size() * Float.BYTES, ALIGNMENT) * ALIGNMENT;
    }
    long scratch = context.scratch(bytes);
    List<KernelLaunch> before = new ArrayList<>();
    for (int i = 0; i < inputs.length; i++) {
      before.addAll(
          CastKernel.prepare(
              context.kernels(),
              type(inputs[i].dtype()),
              ElementType.F32,
              address(inputs[i]),
              scratch + places[i],
              inputs[i].size()));
    }
    long product = scratch + places[3];
    List<KernelLaunch> after = new ArrayList<>();
    after.add(addBias(context, scratch + places[2], product, out.shape()));
    after.addAll(
        CastKernel.prepare(
            context.kernels(),
            ElementType.F32,
            type(out.dtype()),
            product,
            address(out),
            out.size()));
    Launch first = context.launches(before);
    Launch last = context.launches(after);
    var shape = shape(op, inputs[0].shape(), inputs[1].shape(), ElementType.F32);
    return () -> {
      first.run();
      dnn.forward(context.stream(), shape, scratch + places[0], scratch + places[1], product);
      last.run();
    };
  }

  private static org.basisar.gpu.Convolution shape(
      Convolution op, Shape image, Shape filter, ElementType type) {
    return new org.basisar.gpu.Convolution(
        type,
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

  /** Adds the bias to each channel of an F32 result in place. */
  private static KernelLaunch addBias(CudaContext context, long bias, long result, Shape shape) {
    int channels = shape.dim(1);
    int positions = shape.dim(2) * shape.dim(3);
    int[] extents = {1, 1, 1, shape.dim(0), channels, positions};
    int[] image = {0, 0, 0, channels * positions, positions, 1};
    int[] repeated = {0, 0, 0, 0, 1, 0};
    return BroadcastKernel.prepare(
        context.kernels(), "add", ElementType.F32, result, bias, result, extents, image, repeated);
  }
}
