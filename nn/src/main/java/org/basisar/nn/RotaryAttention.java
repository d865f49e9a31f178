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
    Tensor[] parts = split(x, positions, 0);
    return projected(attend(parts[0], parts[1], parts[2], cellTokens));
  }

  /**
   * Attends within x [B, N, D], block-causal by cells.
   *
   * @return [B, N, D]
   */
  public Tensor forward(Tensor x, RotaryTable positions, Cells cells) {
    Tensor[] parts = split(x, positions, 0);
    return projected(attend(parts[0], parts[1], parts[2], cells));
  }

  private Tensor[] split(Tensor x, RotaryTable positions, int from) {
    int count = x.shape().dim(1);
    return Ops.rotarySplit(
        qkv.forward(x), positions.cosine(from, count), positions.sine(from, count), heads);
  }

  /**
   * Attends from the whole cells in x [B, n, D], the first of which is cell {@code firstCell}, to
   * the cached cells before it and to themselves.
   *
   * @param remember stores the keys and values of the first cell in x when x holds two cells: that
   *     one is finished, the other still noise
   * @return [B, n, D]
   */
  public Tensor forward(
      Tensor x, RotaryTable positions, KeyValueCache cache, int firstCell, boolean remember) {
    Cells cells = cache.cells();
    int from = cells.start(firstCell);
    Tensor[] parts = split(x, positions, from);
    int size = cells.size(firstCell);
    if (remember) {
      cache.store(firstCell, parts[1].slice(1, 0, size), parts[2].slice(1, 0, size));
    }
    Tensor key = cache.keys(firstCell, parts[1]);
    Tensor value = cache.values(firstCell, parts[2]);
    return projected(attend(parts[0], key, value, cells.part(firstCell, x.shape().dim(1))));
  }

  /**
   * @param query of these cells
   * @param key of these cells and any number of positions before them
   */
  private Tensor attend(Tensor query, Tensor key, Tensor value, Cells cells) {
    int before = key.shape().dim(1) - query.shape().dim(1);
    if (cells.equal() && before % cells.size(0) == 0) {
      return attend(query, key, value, cells.size(0));
    }
    // Each cell by itself sees all keys up to its end, which is the same without a mask.
    Tensor[] parts = new Tensor[cells.count()];
    for (int cell = 0; cell < parts.length; cell++) {
      int seen = before + cells.start(cell) + cells.size(cell);
      parts[cell] =
          attend(
              query.slice(1, cells.start(cell), cells.size(cell)),
              key.slice(1, 0, seen),
              value.slice(1, 0, seen),
              0);
    }
    return parts.length == 1 ? parts[0] : Ops.concat(1, parts);
  }

  private Tensor attend(Tensor query, Tensor key, Tensor value, int cellTokens) {
    return Ops.attention(
        query,
        key,
        value,
        heads,
        cellTokens,
        attentionDropout.activeRate(),
        attentionDropout.random());
  }

  private Tensor projected(Tensor mixed) {
    return projectionDropout.forward(projection.forward(mixed));
  }
}
