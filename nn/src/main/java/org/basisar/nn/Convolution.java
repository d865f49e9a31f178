package org.basisar.nn;

import org.basisar.tensor.Ops;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/**
 * Two-dimensional cross-correlation with a square filter; parameters {@code weight} [out, in, size,
 * size] and {@code bias} [out]. The weight starts uniform within ±1/√(in·size²), the bias with
 * zeros.
 */
public final class Convolution extends Module {
  private final Parameter weight; // [out, in, size, size]
  private final Parameter bias; // [out]
  private final int stride;
  private final int padding;

  /**
   * A layer.
   *
   * @param size of the filter in both directions
   * @param padding zeros around the image
   */
  public Convolution(Setup setup, int in, int out, int size, int stride, int padding) {
    weight = parameter(setup, "weight", Shape.of(out, in, size, size), Initializer.fanInUniform());
    bias = parameter(setup, "bias", Shape.of(out), Initializer.constant(0));
    this.stride = stride;
    this.padding = padding;
  }

  /** Maps [B, in, H, W] to [B, out, H', W']. */
  public Tensor forward(Tensor x) {
    return Ops.convolve(x, weight.tensor(), bias.tensor(), stride, padding);
  }
}
