package org.basisar.nn;

import org.basisar.tensor.Ops;
import org.basisar.tensor.Tensor;

/**
 * Multi-head self-attention with two-dimensional rotary positions; children {@code qkv} and {@code
 * proj}. Queries see the keys of their own and of earlier cells.
 */
public final class RotaryAttention extends Module {
  private final Linear qkv; // D → 3D, query, key, value in this order
  private final Linear projection; // D → D
  private final Dropout attentionDropout;
  private final Dropout projectionDropout;
  private final int heads;

  /** Attention over vectors of {@code width}, cut into {@code heads} contiguous slices. */
  public RotaryAttention(
      Setup setup, int width, int heads, double attentionDropout, double projectionDropout) {
    if (width % heads != 0) {
      throw new IllegalArgumentException(
          "width " + width + " is not divisible by " + heads + " heads");
    }
    this.heads = heads;
    qkv = child("qkv", new Linear(setup, width, 3 * width));
    projection = child("proj", new Linear(setup, width, width));
    this.attentionDropout = child("attn_drop", new Dropout(setup, attentionDropout));
    this.projectionDropout = child("proj_drop", new Dropout(setup, projectionDropout));
  }

  /**
   * Attends within x [B, N, D], block-causal by cells of {@code cellTokens} (0: no mask).
   *
   * @return [B, N, D]
   */
  public Tensor forward(Tensor x, RotaryTable positions, int cellTokens) {
    int tokens = x.shape().dim(1);
    Tensor[] parts =
        Ops.rotarySplit(
            qkv.forward(x), positions.cosine(0, tokens), positions.sine(0, tokens), heads);
    return attend(parts[0], parts[1], parts[2], cellTokens);
  }

  /**
   * Attends from the cells in x [B, n·cellTokens, D], the first of which is cell {@code firstCell},
   * to the cached cells before it and to themselves.
   *
   * @param remember stores the keys and values of the first cell in x when x holds two cells: that
   *     one is finished, the other still noise
   * @return [B, n·cellTokens, D]
   */
  public Tensor forward(
      Tensor x, RotaryTable positions, KeyValueCache cache, int firstCell, boolean remember) {
    int cellTokens = cache.cellTokens();
    int tokens = x.shape().dim(1);
    int from = firstCell * cellTokens;
    Tensor[] parts =
        Ops.rotarySplit(
            qkv.forward(x), positions.cosine(from, tokens), positions.sine(from, tokens), heads);
    if (remember) {
      cache.store(firstCell, parts[1].slice(1, 0, cellTokens), parts[2].slice(1, 0, cellTokens));
    }
    Tensor key = cache.keys(firstCell, parts[1]);
    Tensor value = cache.values(firstCell, parts[2]);
    return attend(parts[0], key, value, cellTokens);
  }

  private Tensor attend(Tensor query, Tensor key, Tensor value, int cellTokens) {
    Tensor mixed =
        Ops.attention(
            query,
            key,
            value,
            heads,
            cellTokens,
            attentionDropout.activeRate(),
            attentionDropout.random());
    return projectionDropout.forward(projection.forward(mixed));
  }
}
