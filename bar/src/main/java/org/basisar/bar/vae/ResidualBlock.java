package org.basisar.bar.vae;

import org.basisar.nn.Convolution;
import org.basisar.nn.GroupNorm;
import org.basisar.nn.Setup;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** shortcut(x) + conv2(swish(norm2(conv1(swish(norm1(x)))))). */
final class ResidualBlock extends Stage {
  private final GroupNorm firstNorm;
  private final Convolution firstConvolution;
  private final GroupNorm secondNorm;
  private final Convolution secondConvolution;
  private final @Nullable Convolution shortcut;

  ResidualBlock(Setup setup, VaeConfig config, int in, int out) {
    firstNorm = child("norm1", norm(setup, config, in));
    firstConvolution = child("conv1", three(setup, in, out));
    secondNorm = child("norm2", norm(setup, config, out));
    secondConvolution = child("conv2", three(setup, out, out));
    shortcut = in == out ? null : child("nin_shortcut", one(setup, in, out));
  }

  @Override
  Tensor forward(Tensor x) {
    return frugal(() -> {
      Tensor first = activated(firstNorm, firstConvolution, x);
      Tensor second = activated(secondNorm, secondConvolution, first);
      return Ops.add(shortcut == null ? x : shortcut.forward(x), second);
    });
  }
}
