package org.basisar.bar.vae;

import java.util.ArrayList;
import java.util.List;
import org.basisar.nn.Convolution;
import org.basisar.nn.GroupNorm;
import org.basisar.nn.Setup;
import org.basisar.tensor.Tensor;

/** [B, 3, H, W] to [B, 2·latent channels, H/factor, W/factor]. */
final class Encoder extends Stage {
  private final Convolution in;
  private final List<Level> levels = new ArrayList<>();
  private final Middle middle;
  private final GroupNorm outNorm;
  private final Convolution out;

  Encoder(Setup setup, VaeConfig config) {
    in = child("conv_in", three(setup, 3, config.channels()));
    int last = config.levels() - 1;
    int width = config.channels();
    for (int level = 0; level <= last; level++) {
      int next = config.channels(level);
      Level made = new Level(setup, config, config.blocks(), width, next, level == last);
      if (level < last) {
        made.then("downsample", new Downsample(setup, next));
      }
      levels.add(child("down." + level, made));
      width = next;
    }
    middle = child("mid", new Middle(setup, config, width));
    outNorm = child("norm_out", norm(setup, config, width));
    out = child("conv_out", three(setup, width, 2 * config.latentChannels()));
  }

  @Override
  Tensor forward(Tensor x) {
    return frugal(() -> {
      Tensor image = frugal(() -> levels.getFirst().forward(in.forward(x)));
      for (Level level : levels.subList(1, levels.size())) {
        image = level.forward(image);
      }
      return activated(outNorm, out, middle.forward(image));
    });
  }
}
