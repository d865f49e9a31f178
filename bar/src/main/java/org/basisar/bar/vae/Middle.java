package org.basisar.bar.vae;

import org.basisar.nn.Setup;
import org.basisar.tensor.Tensor;

/** The coarsest part of encoder and decoder: block, attention, block. */
final class Middle extends Stage {
  private final ResidualBlock first;
  private final PixelAttention attention;
  private final ResidualBlock second;

  Middle(Setup setup, VaeConfig config, int channels) {
    first = child("block_1", new ResidualBlock(setup, config, channels, channels));
    attention = child("attn_1", new PixelAttention(setup, config, channels));
    second = child("block_2", new ResidualBlock(setup, config, channels, channels));
  }

  @Override
  Tensor forward(Tensor x) {
    return frugal(() -> second.forward(attention.forward(first.forward(x))));
  }
}
