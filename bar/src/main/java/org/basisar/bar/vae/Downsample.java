package org.basisar.bar.vae;

import org.basisar.nn.Convolution;
import org.basisar.nn.Setup;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Tensor;

/** Halves the image: a 3×3 filter in steps of 2 with zeros to the right and below only. */
final class Downsample extends Stage {
  private final Convolution convolution;

  Downsample(Setup setup, int channels) {
    convolution = child("conv", new Convolution(setup, channels, channels, 3, 2, 0));
  }

  @Override
  Tensor forward(Tensor x) {
    return frugal(() -> convolution.forward(Ops.pad(Ops.pad(x, 3, 0, 1), 2, 0, 1)));
  }
}
