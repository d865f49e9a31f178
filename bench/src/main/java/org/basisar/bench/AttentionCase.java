package org.basisar.bench;

import java.util.SplittableRandom;

/** Block-causal attention to measure: 64 images, 4 heads of 64, 4 cells. */
public enum AttentionCase {
  /** As in the training step. */
  N64(64),
  /** As at 256×256 with the published tokens. */
  N256(256);

  /** Images. */
  public static final int BATCH = 64;

  /** Heads. */
  public static final int HEADS = 4;

  /** Width of a head. */
  public static final int HEAD_WIDTH = 64;

  private static final int CELLS = 4;

  private final int tokens;

  AttentionCase(int tokens) {
    this.tokens = tokens;
  }

  /** N. */
  public int tokens() {
    return tokens;
  }

  /** Tokens of a cell; a token sees its own cell and those before. */
  public int cellTokens() {
    return tokens / CELLS;
  }

  /** Query [B, N, heads·hd], always the same. */
  public HostTensor query() {
    return random(7);
  }

  /** Key. */
  public HostTensor key() {
    return random(8);
  }

  /** Value. */
  public HostTensor value() {
    return random(9);
  }

  /** ∂L/∂output. */
  public HostTensor gradient() {
    return random(10);
  }

  private HostTensor random(long seed) {
    return HostTensor.normal(new SplittableRandom(seed), 1, BATCH, tokens, HEADS * HEAD_WIDTH);
  }
}
