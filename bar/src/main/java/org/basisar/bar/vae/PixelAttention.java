package org.basisar.bar.vae;

import org.basisar.nn.Convolution;
import org.basisar.nn.GroupNorm;
import org.basisar.nn.Setup;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Tensor;

/** x + attention of one head whose tokens are the pixels. */
final class PixelAttention extends Stage {
  private final int channels;
  private final GroupNorm norm;
  private final Convolution query;
  private final Convolution key;
  private final Convolution value;
  private final Convolution projection;

  PixelAttention(Setup setup, VaeConfig config, int channels) {
    this.channels = channels;
    norm = child("norm", norm(setup, config, channels));
    query = child("q", one(setup, channels, channels));
    key = child("k", one(setup, channels, channels));
    value = child("v", one(setup, channels, channels));
    projection = child("proj_out", one(setup, channels, channels));
  }

  @Override
  Tensor forward(Tensor x) {
    return frugal(() -> {
      Tensor normal = norm.forward(x);
      Tensor scores =
          Ops.matmul(pixels(query.forward(normal)), true, pixels(key.forward(normal)), false);
      Tensor weights = Ops.softmax(Ops.scale(scores, 1 / Math.sqrt(channels))); // [B, P, P]
      Tensor mixed = Ops.matmul(pixels(value.forward(normal)), false, weights, true);
      return Ops.add(x, projection.forward(Ops.reshape(mixed, x.shape().dims())));
    });
  }

  /** [B, C, P]. */
  private static Tensor pixels(Tensor image) {
    return Ops.reshape(image, image.shape().dim(0), image.shape().dim(1), -1);
  }
}
