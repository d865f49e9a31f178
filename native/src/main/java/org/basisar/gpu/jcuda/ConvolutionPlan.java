package org.basisar.gpu.jcuda;

import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnTensorDescriptor;
import org.basisar.gpu.Convolution;
import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuException;

/** cuDNN's descriptors of a convolution, and the algorithms chosen for it. */
final class ConvolutionPlan implements AutoCloseable {
  private static final int FORMAT_NCHW = 0;
  private static final int DATA_F32 = 0;
  private static final int DATA_BF16 = 9;
  private static final int CROSS_CORRELATION = 1;
  private static final int DETERMINISTIC = 1;

  /** Tensor cores on BF16; on F32 they would round operands to TF32, so plain arithmetic. */
  private static final int MATH_TENSOR_CORES = 1;

  private static final int MATH_PLAIN = 3;

  /** More than any version of cuDNN has algorithms. */
  private static final int MOST_ALGORITHMS = 16;

  /** A deterministic algorithm and what it needs. */
  record Choice(int algorithm, long workspaceBytes) {}

  private final cudnnTensorDescriptor input = new cudnnTensorDescriptor();
  private final cudnnTensorDescriptor output = new cudnnTensorDescriptor();
  private final cudnnFilterDescriptor filter = new cudnnFilterDescriptor();
  private final cudnnConvolutionDescriptor convolution = new cudnnConvolutionDescriptor();
  private final Choice forward;
  private final Choice backwardData;
  private final Choice backwardFilter;

  ConvolutionPlan(cudnnHandle handle, Convolution shape) {
    create();
    try {
      describe(shape);
      this.forward = chooseForward(handle);
      this.backwardData = chooseBackwardData(handle);
      this.backwardFilter = chooseBackwardFilter(handle);
    } catch (GpuException e) {
      close();
      throw e;
    }
  }

  private void create() {
    NativeStatus dnn = NativeStatus.DNN;
    dnn.check("cudnnCreateTensorDescriptor", () -> JCudnn.cudnnCreateTensorDescriptor(input));
    dnn.check("cudnnCreateTensorDescriptor", () -> JCudnn.cudnnCreateTensorDescriptor(output));
    dnn.check("cudnnCreateFilterDescriptor", () -> JCudnn.cudnnCreateFilterDescriptor(filter));
    dnn.check(
        "cudnnCreateConvolutionDescriptor",
        () -> JCudnn.cudnnCreateConvolutionDescriptor(convolution));
  }

  private void describe(Convolution shape) {
    NativeStatus dnn = NativeStatus.DNN;
    int type = shape.type() == ElementType.BF16 ? DATA_BF16 : DATA_F32;
    dnn.check(
        "cudnnSetTensor4dDescriptor",
        () ->
            JCudnn.cudnnSetTensor4dDescriptor(
                input,
                FORMAT_NCHW,
                type,
                shape.batch(),
                shape.inputChannels(),
                shape.height(),
                shape.width()));
    dnn.check(
        "cudnnSetTensor4dDescriptor",
        () ->
            JCudnn.cudnnSetTensor4dDescriptor(
                output,
                FORMAT_NCHW,
                type,
                shape.batch(),
                shape.outputChannels(),
                shape.outputHeight(),
                shape.outputWidth()));
    dnn.check(
        "cudnnSetFilter4dDescriptor",
        () ->
            JCudnn.cudnnSetFilter4dDescriptor(
                filter,
                type,
                FORMAT_NCHW,
                shape.outputChannels(),
                shape.inputChannels() / shape.groups(),
                shape.kernelHeight(),
                shape.kernelWidth()));
    dnn.check(
        "cudnnSetConvolution2dDescriptor",
        () ->
            JCudnn.cudnnSetConvolution2dDescriptor(
                convolution,
                shape.padding(),
                shape.padding(),
                shape.stride(),
                shape.stride(),
                1,
                1,
                CROSS_CORRELATION,
                DATA_F32));
    dnn.check(
        "cudnnSetConvolutionGroupCount",
        () -> JCudnn.cudnnSetConvolutionGroupCount(convolution, shape.groups()));
    dnn.check(
        "cudnnSetConvolutionMathType",
        () ->
            JCudnn.cudnnSetConvolutionMathType(
                convolution, shape.type() == ElementType.BF16 ? MATH_TENSOR_CORES : MATH_PLAIN));
  }

  private Choice chooseForward(cudnnHandle handle) {
    cudnnConvolutionFwdAlgoPerf[] found = new cudnnConvolutionFwdAlgoPerf[MOST_ALGORITHMS];
    int[] count = new int[1];
    NativeStatus.DNN.check(
        "cudnnGetConvolutionForwardAlgorithm",
        () ->
            JCudnn.cudnnGetConvolutionForwardAlgorithm_v7(
                handle, input, filter, convolution, output, found.length, count, found));
    for (int i = 0; i < count[0]; i++) {
      if (found[i].status == 0 && found[i].determinism == DETERMINISTIC) {
        return new Choice(found[i].algo, found[i].memory);
      }
    }
    throw none("forward");
  }

  private Choice chooseBackwardData(cudnnHandle handle) {
    cudnnConvolutionBwdDataAlgoPerf[] found = new cudnnConvolutionBwdDataAlgoPerf[MOST_ALGORITHMS];
    int[] count = new int[1];
    NativeStatus.DNN.check(
        "cudnnGetConvolutionBackwardDataAlgorithm",
        () ->
            JCudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7(
                handle, filter, output, convolution, input, found.length, count, found));
    for (int i = 0; i < count[0]; i++) {
      if (found[i].status == 0 && found[i].determinism == DETERMINISTIC) {
        return new Choice(found[i].algo, found[i].memory);
      }
    }
    throw none("backward data");
  }

  private Choice chooseBackwardFilter(cudnnHandle handle) {
    cudnnConvolutionBwdFilterAlgoPerf[] found =
        new cudnnConvolutionBwdFilterAlgoPerf[MOST_ALGORITHMS];
    int[] count = new int[1];
    NativeStatus.DNN.check(
        "cudnnGetConvolutionBackwardFilterAlgorithm",
        () ->
            JCudnn.cudnnGetConvolutionBackwardFilterAlgorithm_v7(
                handle, input, output, convolution, filter, found.length, count, found));
    for (int i = 0; i < count[0]; i++) {
      if (found[i].status == 0 && found[i].determinism == DETERMINISTIC) {
        return new Choice(found[i].algo, found[i].memory);
      }
    }
    throw none("backward filter");
  }

  private static GpuException none(String direction) {
    return new GpuException(
        "cuDNN has no deterministic algorithm for this convolution (" + direction + "); use F32",
        0);
  }

  cudnnTensorDescriptor input() {
    return input;
  }

  cudnnTensorDescriptor output() {
    return output;
  }

  cudnnFilterDescriptor filter() {
    return filter;
  }

  cudnnConvolutionDescriptor convolution() {
    return convolution;
  }

  Choice forward() {
    return forward;
  }

  Choice backwardData() {
    return backwardData;
  }

  Choice backwardFilter() {
    return backwardFilter;
  }

  @Override
  public void close() {
    NativeStatus dnn = NativeStatus.DNN;
    dnn.check(
        "cudnnDestroyConvolutionDescriptor",
        () -> JCudnn.cudnnDestroyConvolutionDescriptor(convolution));
    dnn.check("cudnnDestroyFilterDescriptor", () -> JCudnn.cudnnDestroyFilterDescriptor(filter));
    dnn.check("cudnnDestroyTensorDescriptor", () -> JCudnn.cudnnDestroyTensorDescriptor(output));
    dnn.check("cudnnDestroyTensorDescriptor", () -> JCudnn.cudnnDestroyTensorDescriptor(input));
  }
}
