package org.basisar.bar.discrete;

import org.basisar.tensor.Ops;
import org.basisar.tensor.Tensor;

/**
 * Sinkhorn's relaxation of permutations: exp(logits) with rows and columns scaled in turn until
 * both sum to 1. Logarithms are scaled, not numbers, so that nothing overflows.
 */
public final class Sinkhorn {
  private Sinkhorn() {}

  /**
   * A doubly stochastic matrix: columns sum to 1 exactly, rows ever closer with every round.
   * Differentiable.
   *
   * @param logits [N, N]
   * @param temperature above 0; the lower, the nearer to a permutation
   * @param rounds of scaling
   * @return [N, N]
   */
  public static Tensor of(Tensor logits, double temperature, int rounds) {
    if (!(temperature > 0)) {
      throw new IllegalArgumentException("temperature must be above 0, is " + temperature);
    }
    int size = logits.shape().dim(0);
    Tensor scaled = Ops.scale(logits, 1 / temperature);
    for (int round = 0; round < rounds; round++) {
      scaled = Ops.sub(scaled, Ops.logSumExp(scaled, 1).reshape(size, 1));
      scaled = Ops.sub(scaled, Ops.logSumExp(scaled, 0).reshape(1, size));
    }
    return Ops.exp(scaled);
  }
}
