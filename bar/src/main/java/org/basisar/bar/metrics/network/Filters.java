package org.basisar.bar.metrics.network;

import org.basisar.nn.Initializer;
import org.basisar.nn.Module;
import org.basisar.nn.Parameter;
import org.basisar.nn.Setup;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Filters of any height and width, with or without bias; parameters {@code weight} [out, in,
 * height, width] and {@code bias} [out].
 */
final class Filters extends Module {
  private final Parameter weight;
  private final @Nullable Parameter bias;

  Filters(Setup setup, int in, int out, int height, int width, boolean withBias) {
    weight = parameter(setup, "weight", Shape.of(out, in, height, width), initial());
    bias = withBias ? parameter(setup, "bias", Shape.of(out), Initializer.normal(0.1)) : null;
  }

  /** Keeps the size of what goes through rectified layers, so that deep random networks work. */
  private static Initializer initial() {
    return (shape, dtype, random) ->
        Ops.scale(
            random.normal(dtype, shape.dims()),
            Math.sqrt(2.0 / (shape.dim(1) * shape.dim(2) * shape.dim(3))));
  }

  Tensor weight() {
    return weight.tensor();
  }

  /** Maps [B, in, H, W] to [B, out, H', W']. */
  Tensor forward(Tensor x, int stride, int padding) {
    return Ops.convolve(x, weight.tensor(), bias == null ? null : bias.tensor(), stride, padding);
  }
}
