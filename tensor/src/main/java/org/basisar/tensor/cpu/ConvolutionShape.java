package org.basisar.tensor.cpu;

import org.basisar.tensor.Convolution;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/**
 * The extents of a convolution or of one of its gradients.
 *
 * @param batch images
 * @param channels of the image
 * @param height of the image
 * @param width of the image
 * @param filters channels of the result
 * @param kernelHeight of the filter
 * @param kernelWidth of the filter
 * @param outHeight of the result
 * @param outWidth of the result
 * @param stride of the filter
 * @param padding zeros around the image
 */
record ConvolutionShape(
    int batch,
    int channels,
    int height,
    int width,
    int filters,
    int kernelHeight,
    int kernelWidth,
    int outHeight,
    int outWidth,
    int stride,
    int padding) {

  static ConvolutionShape of(Convolution op, Tensor[] inputs, Tensor output) {
    return switch (op) {
      case Convolution.Convolve _ -> of(op, inputs[0].shape(), inputs[1].shape(), output.shape());
      case Convolution.ConvolveInputGradient _ ->
          of(op, output.shape(), inputs[0].shape(), inputs[1].shape());
      case Convolution.ConvolveWeightGradient _ ->
          of(op, inputs[0].shape(), output.shape(), inputs[1].shape());
    };
  }

  private static ConvolutionShape of(Convolution op, Shape image, Shape filter, Shape result) {
    return new ConvolutionShape(
        image.dim(0),
        image.dim(1),
        image.dim(2),
        image.dim(3),
        filter.dim(0),
        filter.dim(2),
        filter.dim(3),
        result.dim(2),
        result.dim(3),
        op.stride(),
        op.padding());
  }

  /** Pixels of one channel of the image. */
  int pixels() {
    return height * width;
  }

  /** Positions of one channel of the result. */
  int positions() {
    return outHeight * outWidth;
  }

  /** Elements of one filter: the terms of one element of the result. */
  int depth() {
    return channels * kernelHeight * kernelWidth;
  }

  /** Whether a position sees exactly the pixel below it. */
  boolean isPointwise() {
    return kernelHeight == 1 && kernelWidth == 1 && stride == 1 && padding == 0;
  }

  /**
   * The first column of the result that sees the image through column {@code tap} of the filter.
   */
  int firstColumn(int tap) {
    return Math.min(outWidth, Math.max(0, Math.ceilDiv(padding - tap, stride)));
  }

  /** One past the last such column. */
  int endColumn(int tap) {
    int end = Math.floorDiv(width - 1 + padding - tap, stride) + 1;
    return Math.max(firstColumn(tap), Math.min(outWidth, end));
  }

  /** The row of the image that a row of the result sees through row {@code tap} of the filter. */
  int imageRow(int row, int tap) {
    return row * stride + tap - padding;
  }

  /** The column of the image that a column of the result sees through column {@code tap}. */
  int imageColumn(int column, int tap) {
    return column * stride + tap - padding;
  }

  boolean inside(int imageRow) {
    return imageRow >= 0 && imageRow < height;
  }
}
