package org.basisar.gpu;

/**
 * Convolutions. The same call gives the same bits every time. The first call with a new {@link
 * Convolution} may allocate; call once before capturing.
 */
public interface Dnn {
  /** Enqueues output = input * filter. */
  void forward(GpuStream stream, Convolution convolution, long input, long filter, long output);

  /** Enqueues the gradient to the input, which is overwritten. */
  void backwardData(
      GpuStream stream,
      Convolution convolution,
      long filter,
      long outputGradient,
      long inputGradient);

  /** Enqueues the gradient to the filter, which is overwritten. */
  void backwardFilter(
      GpuStream stream,
      Convolution convolution,
      long input,
      long outputGradient,
      long filterGradient);

  /** The library and its version, for reports. */
  String version();
}
