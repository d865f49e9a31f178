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
  private final List<Tensor> keys = new ArrayList<>(); // per cell [B, cellTokens, D]
  private final List<Tensor> values = new ArrayList<>(); // per cell [B, cellTokens, D]
  private final int cellTokens;

  /** An empty cache for a batch. */
  public KeyValueCache(DType dtype, int batch, int cells, int cellTokens, int width) {
    this.cellTokens = cellTokens;
    for (int cell = 0; cell < cells; cell++) {
      keys.add(Scope.outside(() -> Tensor.zeros(dtype, batch, cellTokens, width)));
      values.add(Scope.outside(() -> Tensor.zeros(dtype, batch, cellTokens, width)));
    }
  }

  /** Tokens per cell. */
  public int cellTokens() {
    return cellTokens;
  }

  /** Overwrites one cell with keys and values [B, cellTokens, D]. */
  void store(int cell, Tensor key, Tensor value) {
    Ops.copyInto(keys.get(cell), key);
    Ops.copyInto(values.get(cell), value);
  }

  /** The keys of the first {@code cells} cells with {@code fresh} ones behind them. */
  Tensor keys(int cells, Tensor fresh) {
    return join(keys, cells, fresh);
  }

  /** The values of the first {@code cells} cells with {@code fresh} ones behind them. */
  Tensor values(int cells, Tensor fresh) {
    return join(values, cells, fresh);
  }

  private static Tensor join(List<Tensor> stored, int cells, Tensor fresh) {
    if (cells == 0) {
      return fresh;
    }
    List<Tensor> parts = new ArrayList<>(stored.subList(0, cells));
    parts.add(fresh);
    return Ops.concat(1, parts.toArray(new Tensor[0]));
  }

  @Override
  public void close() {
    keys.forEach(Tensor::close);
    values.forEach(Tensor::close);
  }
}
