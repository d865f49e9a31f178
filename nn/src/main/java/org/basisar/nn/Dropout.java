package org.basisar.nn;

import org.basisar.tensor.Random;
import org.basisar.tensor.Tensor;

/** Zeroes elements by chance while training and scales the rest; owns no parameters. */
public final class Dropout extends Module {
  private final double rate;
  private final Random random;

  /**
   * Dropout at a rate.
   *
   * @throws IllegalArgumentException if the rate is not in [0, 1)
   */
  public Dropout(Setup setup, double rate) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("dropout rate must be in [0, 1), is " + rate);
    }
    this.rate = rate;
    this.random = setup.training();
  }

  /** Drops elements if training, else returns x itself. */
  public Tensor forward(Tensor x) {
    return isTraining() ? random.dropout(x, rate) : x;
  }

  /** The rate in force now: 0 outside training. */
  double activeRate() {
    return isTraining() ? rate : 0;
  }

  Random random() {
    return random;
  }
}
