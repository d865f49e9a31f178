package org.basisar.bench;

import java.util.SplittableRandom;

/**
 * The modulated RMS norm of the training step: 64 images of 64 tokens of 256, 4 cells.
 *
 * @param x [B, N, D]
 * @param scale [B, cells, D]
 * @param shift [B, cells, D]
 * @param gradient ∂L/∂output [B, N, D]
 */
public record NormCase(HostTensor x, HostTensor scale, HostTensor shift, HostTensor gradient) {
  /** Images. */
  public static final int BATCH = 64;

  /** N. */
  public static final int TOKENS = 64;

  /** Rows of scale and shift per image. */
  public static final int CELLS = 4;

  /** D. */
  public static final int WIDTH = 256;

  /** Random inputs, always the same. */
  public static NormCase create() {
    SplittableRandom random = new SplittableRandom(11);
    return new NormCase(
        HostTensor.normal(random, 1, BATCH, TOKENS, WIDTH),
        HostTensor.normal(random, 1, BATCH, CELLS, WIDTH),
        HostTensor.normal(random, 1, BATCH, CELLS, WIDTH),
        HostTensor.normal(random, 1, BATCH, TOKENS, WIDTH));
  }
}
