package org.basisar.bar.train;

import java.util.Arrays;
import org.basisar.bar.transform.Annealing;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;

/**
 * RAR's order of the sequence for one batch, in a tensor that captured programs read. It is a
 * function of seed and batch number alone; all images of a batch share it, as they share A.
 */
final class AnnealedOrder implements AutoCloseable {
  private final Annealing annealing;
  private final int positions;
  private final int parts;
  private final long seed;
  private final Tensor order; // I32 [N]

  AnnealedOrder(RunConfig config, int positions) {
    annealing = new Annealing(config.training().steps());
    parts = config.training().accumulation();
    this.positions = positions;
    this.seed = config.seed();
    int[] raster = new int[positions];
    Arrays.setAll(raster, k -> k);
    order = Scope.outside(() -> Tensor.of(raster, positions));
  }

  /** Draws the order of one batch, counted over all steps and their parts. */
  void prepare(long batchNumber) {
    long step = batchNumber / parts;
    order.copyFrom(annealing.order(positions, step, seed + batchNumber % parts), 0);
  }

  /** For each place of the sequence the position that is there, I32 [N]. */
  Tensor tensor() {
    return order;
  }

  @Override
  public void close() {
    order.close();
  }
}
