package org.basisar.bar.vae;

import java.util.function.Supplier;
import org.basisar.nn.Convolution;
import org.basisar.nn.GroupNorm;
import org.basisar.nn.Module;
import org.basisar.nn.Setup;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;

/** A part of the autoencoder that maps images [B, C, H, W] to images. */
abstract class Stage extends Module {
  private static final double EPSILON = 1e-6;

  /** Maps [B, C, H, W] to an image, perhaps of other extents. */
  abstract Tensor forward(Tensor x);

  /** A norm as all of this network are. */
  static GroupNorm norm(Setup setup, VaeConfig config, int channels) {
    return new GroupNorm(setup, config.groups(), channels, EPSILON);
  }

  /** A 3×3 filter that keeps the image's extents. */
  static Convolution three(Setup setup, int in, int out) {
    return new Convolution(setup, in, out, 3, 1, 1);
  }

  /** A 1×1 filter. */
  static Convolution one(Setup setup, int in, int out) {
    return new Convolution(setup, in, out, 1, 1, 0);
  }

  /**
   * Releases what {@code body} makes besides its result. An image of 512×512 has 134 MB in one
   * activation, so that not even a level's may be kept. Where gradients are recorded all are
   * needed.
   */
  static Tensor frugal(Supplier<Tensor> body) {
    if (Engine.recorder() != null) {
      return body.get();
    }
    try (Scope scope = Scope.open()) {
      return scope.keep(body.get());
    }
  }

  /** conv(swish(norm(x))), each intermediate released as soon as the next is there. */
  static Tensor activated(GroupNorm norm, Convolution convolution, Tensor x) {
    return frugal(() -> {
      Tensor active = frugal(() -> Ops.silu(norm.forward(x)));
      return convolution.forward(active);
    });
  }
}
