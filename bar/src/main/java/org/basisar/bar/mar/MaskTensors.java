package org.basisar.bar.mar;

import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;

/**
 * A mask with a fixed number of masked tokens as index tensors, which can be set anew between
 * replays of a program: the number of masked tokens decides every shape of a training step.
 */
public final class MaskTensors implements AutoCloseable {
  private final MarConfig config;
  private final int images;
  private final int masked;
  private final Tensor keptRows; // [B·keptSlots]
  private final Tensor restoredRows; // [B·slots]
  private final Tensor maskedRows; // [B·masked]
  private final Tensor positions; // [B·masked]
  private final Tensor replacedRows; // [B·N]: its row in all tokens, or behind them if masked

  /** Index tensors in which no mask has been set yet; {@code masked} tokens of each image. */
  public MaskTensors(MarConfig config, int images, int masked) {
    this.config = config;
    this.images = images;
    this.masked = masked;
    keptRows = zeros(images * (config.slots() - masked));
    restoredRows = zeros(images * config.slots());
    maskedRows = zeros(images * masked);
    positions = zeros(images * masked);
    replacedRows = zeros(images * config.tokens());
  }

  private static Tensor zeros(int count) {
    return Scope.outside(() -> Tensor.of(new int[count], count));
  }

  /**
   * Masks the first entries of each image's order.
   *
   * @param orders a permutation of the tokens per image
   */
  public void set(int[][] orders) {
    TokenMask mask = TokenMask.ofFirst(config, orders, masked);
    int tokens = config.tokens();
    int[] rows = new int[images * masked];
    int[] position = new int[rows.length];
    int[] replaced = new int[images * tokens];
    int at = 0;
    for (int row = 0; row < replaced.length; row++) {
      replaced[row] = row;
      if (mask.masked(row / tokens, row % tokens)) {
        replaced[row] = replaced.length + at;
        position[at] = row % tokens;
        rows[at++] = row;
      }
    }
    keptRows.copyFrom(mask.keptRows(), 0);
    restoredRows.copyFrom(mask.restoredRows(), 0);
    maskedRows.copyFrom(rows, 0);
    positions.copyFrom(position, 0);
    replacedRows.copyFrom(replaced, 0);
  }

  /** Images. */
  public int images() {
    return images;
  }

  /** Masked tokens of each image. */
  public int masked() {
    return masked;
  }

  /** See {@link TokenMask#keptRows}. */
  Tensor keptRows() {
    return keptRows;
  }

  /** See {@link TokenMask#restoredRows}. */
  Tensor restoredRows() {
    return restoredRows;
  }

  /** Rows of [B·N] that are masked, in order, [B·masked]. */
  Tensor maskedRows() {
    return maskedRows;
  }

  /** Position in its image of every masked token, [B·masked]. */
  Tensor positions() {
    return positions;
  }

  /**
   * All tokens with other values for the masked ones.
   *
   * @param tokens [B·N, C]
   * @param values of the masked tokens in order, [B·masked, C]
   * @return [B·N, C]
   */
  Tensor replace(Tensor tokens, Tensor values) {
    return Ops.embedding(Ops.concat(0, tokens, values), replacedRows);
  }

  @Override
  public void close() {
    keptRows.close();
    restoredRows.close();
    maskedRows.close();
    positions.close();
    replacedRows.close();
  }
}
