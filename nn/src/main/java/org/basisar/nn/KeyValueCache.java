package org.basisar.nn;

import java.util.ArrayList;
import java.util.List;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;

/**
 * Keys and values (after rotation) of the cells already generated, for one attention layer. Its
 * memory is allocated once for the whole sequence, so that captured programs can write to it.
 */
public final class KeyValueCache implements AutoCloseable {
  private final List<Tensor> keys = new ArrayList<>(); // per cell [B, its size, D]
  private final List<Tensor> values = new ArrayList<>(); // per cell [B, its size, D]
  private final Cells cells;

  /** An empty cache for a batch of sequences in cells of one size. */
  public KeyValueCache(DType dtype, int batch, int cells, int cellTokens, int width) {
    this(dtype, batch, Cells.equal(cells, cellTokens), width);
  }

  /** An empty cache for a batch. */
  public KeyValueCache(DType dtype, int batch, Cells cells, int width) {
    this.cells = cells;
    for (int size : cells.sizes()) {
      keys.add(Scope.outside(() -> Tensor.zeros(dtype, batch, size, width)));
      values.add(Scope.outside(() -> Tensor.zeros(dtype, batch, size, width)));
    }
  }

  /** The cells of the sequence. */
  public Cells cells() {
    return cells;
  }

  /** Overwrites one cell with keys and values [B, its size, D]. */
  void store(int cell, Tensor key, Tensor value) {
    Ops.copyInto(keys.get(cell), key);
    Ops.copyInto(values.get(cell), value);
  }

  /** The keys of the first {@code count} cells with {@code fresh} ones behind them. */
  Tensor keys(int count, Tensor fresh) {
    return join(keys, count, fresh);
  }

  /** The values of the first {@code count} cells with {@code fresh} ones behind them. */
  Tensor values(int count, Tensor fresh) {
    return join(values, count, fresh);
  }

  private static Tensor join(List<Tensor> stored, int count, Tensor fresh) {
    if (count == 0) {
      return fresh;
    }
    List<Tensor> parts = new ArrayList<>(stored.subList(0, count));
    parts.add(fresh);
    return Ops.concat(1, parts.toArray(new Tensor[0]));
  }

  @Override
  public void close() {
    keys.forEach(Tensor::close);
    values.forEach(Tensor::close);
  }
}
