package org.basisar.tensor;

/**
 * Convolutions of images [B, C, H, W] in two dimensions, as networks have them: cross-correlations,
 * the filter is not turned round.
 *
 * <p>{@code padding} zeros surround the image on all four sides; uneven padding is a {@link
 * Movement.Pad} in front. Position (y, x) of the result looks at the filter's extent from row
 * y·stride − padding and column x·stride − padding on.
 */
public sealed interface Convolution extends Op {

  /** (x [B, C, H, W], weight [O, C, kH, kW] {, bias [O]}) ↦ [B, O, H', W']. */
  record Convolve(int stride, int padding, boolean bias) implements Convolution {
    @Override
    public Output[] infer(Tensor... inputs) {
      int count = bias ? 3 : 2;
      Checks.count(this, inputs, count);
      DType dtype = Checks.floating(this, inputs, 0, count);
      Checks.rank(this, inputs[0], 4, "x");
      Checks.rank(this, inputs[1], 4, "weight");
      Shape x = inputs[0].shape();
      Shape weight = inputs[1].shape();
      Checks.require(
          x.dim(1) == weight.dim(1) && x.dim(1) > 0,
          this,
          "x " + x + " and weight " + weight + " differ in their channels, or have none",
          x,
          weight);
      Shape out =
          Shape.of(
              x.dim(0),
              weight.dim(0),
              Convolution.extent(this, x.dim(2), weight.dim(2), stride, padding),
              Convolution.extent(this, x.dim(3), weight.dim(3), stride, padding));
      if (bias) {
        Checks.shape(this, inputs[2], Shape.of(weight.dim(0)), "bias");
      }
      return Checks.one(out, dtype);
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      Shape weight = inputs[1].shape();
      return 2L * outputs[0].shape().size() * weight.dim(1) * weight.dim(2) * weight.dim(3);
    }
  }

  /** (weight [O, C, kH, kW], ∂L/∂y [B, O, H', W']) ↦ ∂L/∂x [B, C, height, width]. */
  record ConvolveInputGradient(int stride, int padding, int height, int width)
      implements Convolution {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 2);
      DType dtype = Checks.floating(this, inputs, 0, 2);
      Checks.rank(this, inputs[0], 4, "weight");
      Checks.rank(this, inputs[1], 4, "gradient");
      Shape weight = inputs[0].shape();
      Shape gradient = inputs[1].shape();
      Convolution.requireGradient(
          this,
          gradient,
          weight.dim(0),
          weight.dim(2),
          weight.dim(3),
          stride,
          padding,
          height,
          width);
      return Checks.one(Shape.of(gradient.dim(0), weight.dim(1), height, width), dtype);
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      Shape weight = inputs[0].shape();
      return 2L * inputs[1].size() * weight.dim(1) * weight.dim(2) * weight.dim(3);
    }
  }

  /** (x [B, C, H, W], ∂L/∂y [B, O, H', W']) ↦ ∂L/∂weight [O, C, kernelHeight, kernelWidth]. */
  record ConvolveWeightGradient(int stride, int padding, int kernelHeight, int kernelWidth)
      implements Convolution {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 2);
      DType dtype = Checks.floating(this, inputs, 0, 2);
      Checks.rank(this, inputs[0], 4, "x");
      Checks.rank(this, inputs[1], 4, "gradient");
      Shape x = inputs[0].shape();
      Shape gradient = inputs[1].shape();
      Checks.require(
          x.dim(0) == gradient.dim(0),
          this,
          "x " + x + " and gradient " + gradient + " differ in their batch",
          x,
          gradient);
      Convolution.requireGradient(
          this,
          gradient,
          gradient.dim(1),
          kernelHeight,
          kernelWidth,
          stride,
          padding,
          x.dim(2),
          x.dim(3));
      return Checks.one(Shape.of(gradient.dim(1), x.dim(1), kernelHeight, kernelWidth), dtype);
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return 2L * inputs[1].size() * inputs[0].shape().dim(1) * kernelHeight * kernelWidth;
    }
  }

  /** The stride of the filter in both directions. */
  int stride();

  /** Zeros around the image. */
  int padding();

  private static int extent(Convolution op, int size, int kernel, int stride, int padding) {
    Checks.require(
        stride >= 1 && padding >= 0,
        op,
        "stride " + stride + " must be positive, padding " + padding + " not negative");
    Checks.require(
        kernel >= 1 && size + 2L * padding >= kernel,
        op,
        "a filter of extent " + kernel + " does not fit into " + size + " with padding " + padding);
    return (size + 2 * padding - kernel) / stride + 1;
  }

  private static void requireGradient(
      Convolution op,
      Shape gradient,
      int filters,
      int kernelHeight,
      int kernelWidth,
      int stride,
      int padding,
      int height,
      int width) {
    Shape expected =
        Shape.of(
            gradient.dim(0),
            filters,
            extent(op, height, kernelHeight, stride, padding),
            extent(op, width, kernelWidth, stride, padding));
    Checks.require(
        gradient.equals(expected),
        op,
        "gradient must have shape " + expected + ", has " + gradient,
        gradient,
        expected);
  }
}
