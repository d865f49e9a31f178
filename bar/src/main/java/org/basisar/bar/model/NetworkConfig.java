package org.basisar.bar.model;

import org.basisar.nn.Module;
import org.basisar.nn.Setup;

/** A network that generates a square grid of tokens, as the rest of a run needs to know it. */
public interface NetworkConfig {
  /** Tokens along each side of the grid; N = gridSide². */
  int gridSide();

  /** Cells along each side, 1 if the network knows none: then tokens follow in raster order. */
  int cellsPerSide();

  /** Numbers per token, C. */
  int tokenDimension();

  /** Width of the transformer, D. */
  int width();

  /** Attention heads. */
  int heads();

  /** Blocks in the encoder, and again in the decoder. */
  int layers();

  /** Number of classes. */
  int classes();

  /** Number of trainable elements, without building the network. */
  long parameterCount();

  /** A freshly initialised network. */
  Module build(Setup setup);

  /** The label that stands for no class. */
  default int nullLabel() {
    return classes();
  }

  /** Whether weight decay may act on a parameter if its shape does not speak against it. */
  default boolean decays(String path) {
    return true;
  }

  /** Refuses sampler settings that this network cannot be sampled with. */
  default void checkSampling(int steps, double guidanceScale) {}
}
