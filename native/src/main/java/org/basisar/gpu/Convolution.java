package org.basisar.gpu;

/**
 * A 2-D convolution (a cross-correlation, as networks have it) of row-major arrays: input [batch,
 * inputChannels, height, width], filter [outputChannels, inputChannels / groups, kernelHeight,
 * kernelWidth], output [batch, outputChannels, outputHeight, outputWidth].
 *
 * @param type of all three arrays, F32 or BF16; sums are in single precision
 * @param batch images
 * @param inputChannels channels of the input
 * @param height of the input
 * @param width of the input
 * @param outputChannels channels of the output
 * @param kernelHeight of the filter
 * @param kernelWidth of the filter
 * @param padding zeros around the input on all four sides
 * @param stride of the filter in both directions
 * @param groups parts of the channels that do not see each other
 */
public record Convolution(
    ElementType type,
    int batch,
    int inputChannels,
    int height,
    int width,
    int outputChannels,
    int kernelHeight,
    int kernelWidth,
    int padding,
    int stride,
    int groups) {

  /** Checks that the shapes fit. */
  public Convolution {
    if (type != ElementType.F32 && type != ElementType.BF16) {
      throw new IllegalArgumentException("convolution: " + type + " is not F32 or BF16");
    }
    if (batch < 1
        || inputChannels < 1
        || outputChannels < 1
        || kernelHeight < 1
        || kernelWidth < 1
        || padding < 0
        || stride < 1
        || groups < 1) {
      throw new IllegalArgumentException("convolution: a size is not positive");
    }
    if (inputChannels % groups != 0 || outputChannels % groups != 0) {
      throw new IllegalArgumentException(
          "convolution: "
              + groups
              + " groups do not divide "
              + inputChannels
              + " and "
              + outputChannels
              + " channels");
    }
    if (height + 2 * padding < kernelHeight || width + 2 * padding < kernelWidth) {
      throw new IllegalArgumentException(
          "convolution: the filter "
              + kernelHeight
              + " x "
              + kernelWidth
              + " is larger than the padded input");
    }
  }

  /** Height of the output. */
  public int outputHeight() {
    return (height + 2 * padding - kernelHeight) / stride + 1;
  }

  /** Width of the output. */
  public int outputWidth() {
    return (width + 2 * padding - kernelWidth) / stride + 1;
  }
}
