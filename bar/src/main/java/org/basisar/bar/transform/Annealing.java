package org.basisar.bar.transform;

import java.util.SplittableRandom;

/**
 * RAR's schedule: the order of tokens is random with probability ρ, raster otherwise. ρ is 1 in the
 * first half of the run, falls linearly until three quarters, and is 0 in the last quarter (epochs
 * 200 and 300 of 400). The matrix itself is never interpolated.
 *
 * @param steps length of the run
 */
public record Annealing(long steps) {
  /** ρ at a step. */
  public double probability(long step) {
    double done = (double) step / Math.max(1, steps);
    return Math.clamp(1 - (done - 0.5) / 0.25, 0.0, 1.0);
  }

  /**
   * An order for this step, a function of the arguments alone.
   *
   * @param tokens length of the order
   * @return a uniformly random permutation with probability ρ, 0, 1, 2, … otherwise
   */
  public int[] order(int tokens, long step, long seed) {
    int[] order = new int[tokens];
    for (int i = 0; i < tokens; i++) {
      order[i] = i;
    }
    SplittableRandom random = new SplittableRandom(seed * 0x9e3779b97f4a7c15L + step);
    if (random.nextDouble() >= probability(step)) {
      return order;
    }
    for (int i = tokens - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
    return order;
  }
}
