package org.basisar.bar.vae;

import java.util.ArrayList;
import java.util.List;
import org.basisar.nn.Convolution;
import org.basisar.nn.GroupNorm;
import org.basisar.nn.Setup;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Tensor;

/** [B, latent channels, h, w] to [B, 3, h·factor, w·factor]. */
final class Decoder extends Stage {
  private final Convolution in;
  private final Middle middle;
  private final List<Level> levels = new ArrayList<>(); // the finest first, as their keys count
  private final GroupNorm outNorm;
  private final Convolution out;

  Decoder(Setup setup, VaeConfig config) {
    int last = config.levels() - 1;
    int coarsest = config.channels(last);
    in = child("conv_in", three(setup, config.latentChannels(), coarsest));
    middle = child("mid", new Middle(setup, config, coarsest));
    for (int level = 0; level <= last; level++) {
      int width = level == last ? coarsest : config.channels(level + 1);
      int next = config.channels(level);
      boolean attention = level == last && config.decoderAttention();
      Level made = new Level(setup, config, config.blocks() + 1, width, next, attention);
      if (level > 0) {
        made.then("upsample", new Upsample(setup, next));
      }
      levels.add(child("up." + level, made));
    }
    outNorm = child("norm_out", norm(setup, config, config.channels(0)));
    out = child("conv_out", three(setup, config.channels(0), 3));
  }

  @Override
  Tensor forward(Tensor x) {
    return frugal(() -> {
      Tensor image = frugal(() -> middle.forward(in.forward(x)));
      for (Level level : levels.reversed()) {
        image = freed(level, image);
      }
      return activated(outNorm, out, image);
    });
  }

  /** The level's result; what it was made from is not needed any more. */
  private static Tensor freed(Level level, Tensor image) {
    Tensor result = level.forward(image);
    if (Engine.recorder() == null) {
      image.close();
    }
    return result;
  }
}
