package org.basisar.bar.xar;

/**
 * How cells are integrated from noise to tokens.
 *
 * @param method stochastic or deterministic
 * @param steps network evaluations per cell
 * @param guidanceScale classifier-free guidance reached in the last cell; 1 is no guidance
 */
public record SamplerSettings(Method method, int steps, double guidanceScale) {

  /** Integration methods. */
  public enum Method {
    /**
     * The reverse stochastic differential equation by Euler–Maruyama on times linspace(1, 0.04,
     * steps), with a last deterministic step to 0.
     */
    EULER_MARUYAMA,
    /**
     * The probability-flow ordinary differential equation by Euler on linspace(1, 0, steps + 1).
     */
    EULER
  }

  /** Checks the values. */
  public SamplerSettings {
    if (steps < 1) {
      throw new IllegalArgumentException("sampler steps must be at least 1, are " + steps);
    }
    if (!(guidanceScale >= 0) || Double.isInfinite(guidanceScale)) {
      throw new IllegalArgumentException(
          "guidance scale must be finite and not negative, is " + guidanceScale);
    }
  }

  /** The steps + 1 times that a cell passes through, from 1 to 0. */
  public double[] times() {
    double[] times = new double[steps + 1];
    for (int i = 0; i < steps; i++) {
      times[i] =
          switch (method) {
            case EULER_MARUYAMA -> steps == 1 ? 1 : 1 + (0.04 - 1) * i / (steps - 1);
            case EULER -> 1 - (double) i / steps;
          };
    }
    return times;
  }

  /**
   * The guidance of one cell: 1 in the first, rising linearly to the full scale in the last (a
   * single cell takes the full scale).
   */
  public double guidance(int cell, int cells) {
    return cells == 1 ? guidanceScale : 1 + (guidanceScale - 1) * cell / (cells - 1);
  }

  /** The time index the network is given for a time: trunc(1000·t) in fp32. */
  public static int timeIndex(double time) {
    return (int) ((float) time * 1000f);
  }
}
