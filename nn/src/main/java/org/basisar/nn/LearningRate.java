package org.basisar.nn;

/** A learning rate as a function of the step. */
@FunctionalInterface
public interface LearningRate {
  /** The rate for step {@code step}, counted from 0. */
  double at(long step);

  /** The same rate always. */
  static LearningRate constant(double rate) {
    return _ -> rate;
  }

  /** Rises linearly from 0 over {@code warmup} steps, then stays. */
  static LearningRate warmup(double rate, long warmup) {
    return step -> step < warmup ? rate * step / warmup : rate;
  }

  /** Rises linearly over {@code warmup} steps, then falls along a half cosine to {@code floor}. */
  static LearningRate cosine(double rate, long warmup, long total, double floor) {
    return warmupConstantCosine(rate, warmup, warmup, total, floor);
  }

  /**
   * Rises linearly over {@code warmup} steps, stays until {@code decay}, then falls along a half
   * cosine to {@code floor} at {@code total} (the schedule of the public xAR code, whose constants
   * are 100, 600 and 800 epochs).
   *
   * @throws IllegalArgumentException unless 0 ≤ warmup ≤ decay ≤ total
   */
  static LearningRate warmupConstantCosine(
      double rate, long warmup, long decay, long total, double floor) {
    if (warmup < 0 || decay < warmup || total < decay) {
      throw new IllegalArgumentException(
          "schedule needs 0 ≤ warmup ≤ decay ≤ total, was given "
              + warmup
              + ", "
              + decay
              + ", "
              + total);
    }
    return step -> {
      if (step < warmup) {
        return rate * step / warmup;
      }
      if (step < decay) {
        return rate;
      }
      double progress = total == decay ? 1 : Math.min(1, (double) (step - decay) / (total - decay));
      return floor + (rate - floor) * 0.5 * (1 + Math.cos(Math.PI * progress));
    };
  }
}
