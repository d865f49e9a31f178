package org.basisar.bar.metrics.network;

import org.basisar.nn.Initializer;
import org.basisar.nn.Module;
import org.basisar.nn.Parameter;
import org.basisar.nn.Setup;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/**
 * max(0, norm(filters(x))) with the norm's running statistics, ε = 1e-3: keys {@code conv.weight},
 * {@code bn.weight}, {@code bn.bias}, {@code bn.running_mean}, {@code bn.running_var}. The norm is
 * folded into the filters.
 */
final class NormalizedFilters extends Module {
  private static final double EPSILON = 1e-3;

  private final Filters filters;
  private final Statistics norm;
  private final int height;
  private final int width;
  private final int stride;
  private final int padHeight;
  private final int padWidth;

  /** The norm's numbers, one of each for a channel. */
  private static final class Statistics extends Module {
    private final Parameter weight;
    private final Parameter bias;
    private final Parameter mean;
    private final Parameter variance;

    Statistics(Setup setup, int channels) {
      Shape shape = Shape.of(channels);
      weight = parameter(setup, "weight", shape, Initializer.constant(1));
      bias = parameter(setup, "bias", shape, Initializer.normal(0.1));
      mean = parameter(setup, "running_mean", shape, Initializer.normal(0.1));
      variance =
          parameter(
              setup,
              "running_var",
              shape,
              (s, dtype, random) -> Ops.affine(random.uniform(dtype, s.dims()), 1, 0.5));
    }
  }

  /** Square filters with zeros all around. */
  NormalizedFilters(Setup setup, int in, int out, int size, int stride, int padding) {
    this(setup, in, out, size, size, stride, padding, padding);
  }

  NormalizedFilters(
      Setup setup,
      int in,
      int out,
      int height,
      int width,
      int stride,
      int padHeight,
      int padWidth) {
    filters = child("conv", new Filters(setup, in, out, height, width, false));
    norm = child("bn", new Statistics(setup, out));
    this.height = height;
    this.width = width;
    this.stride = stride;
    this.padHeight = padHeight;
    this.padWidth = padWidth;
  }

  /** One row high with zeros to the sides, or one column wide with zeros above and below. */
  static NormalizedFilters line(Setup setup, int in, int out, int height, int width) {
    return new NormalizedFilters(
        setup, in, out, height, width, 1, (height - 1) / 2, (width - 1) / 2);
  }

  static NormalizedFilters pointwise(Setup setup, int in, int out) {
    return new NormalizedFilters(setup, in, out, 1, 1, 0);
  }

  /** Maps [B, in, H, W] to [B, out, H', W']. */
  Tensor forward(Tensor x) {
    Tensor scale =
        Ops.mul(norm.weight.tensor(), Ops.rsqrt(Ops.affine(norm.variance.tensor(), 1, EPSILON)));
    Tensor shift = Ops.sub(norm.bias.tensor(), Ops.mul(norm.mean.tensor(), scale));
    Tensor folded = Ops.mul(filters.weight(), Ops.reshape(scale, scale.size(), 1, 1, 1));
    Tensor image = x;
    int padding = padHeight;
    if (padHeight != padWidth) {
      image = Ops.pad(Ops.pad(x, 2, padHeight, padHeight), 3, padWidth, padWidth);
      padding = 0;
    }
    return Pooling.rectified(Ops.convolve(image, folded, shift, stride, padding));
  }

  /** The filter's extents, for messages and tests. */
  @Override
  public String toString() {
    return height + " x " + width + " in steps of " + stride;
  }
}
