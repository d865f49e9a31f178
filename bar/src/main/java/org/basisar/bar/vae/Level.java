package org.basisar.bar.vae;

import java.util.ArrayList;
import java.util.List;
import org.basisar.nn.Setup;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Blocks of one resolution, each perhaps with attention behind it, then a change of resolution. */
final class Level extends Stage {
  private final List<ResidualBlock> blocks = new ArrayList<>();
  private final List<PixelAttention> attentions = new ArrayList<>();
  private @Nullable Stage change;

  /**
   * A level without a change of resolution.
   *
   * @param count of blocks; the first changes the channels
   */
  Level(Setup setup, VaeConfig config, int count, int in, int out, boolean attention) {
    for (int i = 0; i < count; i++) {
      blocks.add(child("block." + i, new ResidualBlock(setup, config, i == 0 ? in : out, out)));
    }
    for (int i = 0; attention && i < count; i++) {
      attentions.add(child("attn." + i, new PixelAttention(setup, config, out)));
    }
  }

  /** Ends the level with a change of resolution. */
  Level then(String name, Stage last) {
    change = child(name, last);
    return this;
  }

  @Override
  Tensor forward(Tensor x) {
    return frugal(() -> {
      Tensor image = x;
      for (int i = 0; i < blocks.size(); i++) {
        image = step(i, image);
      }
      return change == null ? image : change.forward(image);
    });
  }

  private Tensor step(int i, Tensor x) {
    Tensor out = blocks.get(i).forward(x);
    return attentions.isEmpty() ? out : attentions.get(i).forward(out);
  }
}
