package org.basisar.bar.mar;

import java.util.Arrays;

/**
 * Which tokens of a batch are masked, as the indices the trunk needs. All images have the same
 * number of masked tokens, so what is kept is rectangular.
 */
public final class TokenMask {
  private final boolean[][] masked;
  private final int tokens;
  private final int buffer;
  private final int kept;

  private TokenMask(boolean[][] masked, int tokens, int buffer, int kept) {
    this.masked = masked;
    this.tokens = tokens;
    this.buffer = buffer;
    this.kept = kept;
  }

  /**
   * Masks the first entries of each image's order.
   *
   * @param orders a permutation of the tokens per image
   * @param count masked tokens per image
   */
  public static TokenMask ofFirst(MarConfig config, int[][] orders, int count) {
    boolean[][] masked = new boolean[orders.length][config.tokens()];
    for (int image = 0; image < orders.length; image++) {
      for (int i = 0; i < count; i++) {
        masked[image][orders[image][i]] = true;
      }
    }
    return new TokenMask(masked, config.tokens(), config.buffer(), config.tokens() - count);
  }

  /** Whether a token is masked. */
  public boolean masked(int image, int token) {
    return masked[image][token];
  }

  /** Number of images. */
  public int images() {
    return masked.length;
  }

  /** Slots that the encoder sees, buffer included. */
  public int keptSlots() {
    return buffer + kept;
  }

  /** 1 for masked tokens, else 0, [B, N]. */
  public double[] weights() {
    double[] weights = new double[masked.length * tokens];
    for (int image = 0; image < masked.length; image++) {
      for (int token = 0; token < tokens; token++) {
        weights[image * tokens + token] = masked[image][token] ? 1 : 0;
      }
    }
    return weights;
  }

  /** Rows of [B·slots] that the encoder sees, in order, [B·keptSlots]. */
  public int[] keptRows() {
    int slots = buffer + tokens;
    int[] rows = new int[masked.length * keptSlots()];
    int at = 0;
    for (int image = 0; image < masked.length; image++) {
      for (int slot = 0; slot < slots; slot++) {
        if (slot < buffer || !masked[image][slot - buffer]) {
          rows[at++] = image * slots + slot;
        }
      }
    }
    return rows;
  }

  /**
   * For every row of [B·slots] the row of the encoder's result [B·keptSlots] that belongs there, or
   * the row behind the last where a token is masked.
   */
  public int[] restoredRows() {
    int slots = buffer + tokens;
    int[] rows = new int[masked.length * slots];
    Arrays.fill(rows, masked.length * keptSlots());
    int[] kept = keptRows();
    for (int i = 0; i < kept.length; i++) {
      rows[kept[i]] = i;
    }
    return rows;
  }
}
