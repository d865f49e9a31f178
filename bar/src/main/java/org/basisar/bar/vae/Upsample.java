package org.basisar.bar.vae;

import org.basisar.nn.Convolution;
import org.basisar.nn.Setup;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Tensor;

/** Doubles the image: every pixel repeated, then a 3×3 filter. */
final class Upsample extends Stage {
  private final Convolution convolution;

  Upsample(Setup setup, int channels) {
    convolution = child("conv", three(setup, channels, channels));
  }

  @Override
  Tensor forward(Tensor x) {
    return frugal(() -> convolution.forward(Ops.upsampleNearest(x)));
  }
}
