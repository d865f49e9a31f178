package org.basisar.bar.xar;

/**
 * How cells are integrated from noise to tokens.
 *
 * @param method stochastic or deterministic
 * @param steps network evaluations per cell
 * @param guidanceScale classifier-free guidance reached in the last cell; 1 is no guidance
 * @param firstGuidance guidance of the first cell, 1 in the public code
 */
public record SamplerSettings(
    Method method, int steps, double guidanceScale, double firstGuidance) {

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

  /** Settings as in the public code, where the first cell is not guided. */
  public SamplerSettings(Method method, int steps, double guidanceScale) {
    this(method, steps, guidanceScale, 1);
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
    if (!(firstGuidance >= 0) || Double.isInfinite(firstGuidance)) {
      throw new IllegalArgumentException(
          "guidance of the first cell must be finite and not negative, is " + firstGuidance);
    }
  }

  /** The same with another scale; guidance that is the same in all cells stays so. */
  public SamplerSettings withGuidance(double scale) {
    double first = firstGuidance == guidanceScale ? scale : firstGuidance;
    return new SamplerSettings(method, steps, scale, first);
  }

  /** The same with another method and number of steps. */
  public SamplerSettings withSteps(Method otherMethod, int otherSteps) {
    return new SamplerSettings(otherMethod, otherSteps, guidanceScale, firstGuidance);
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
   * The guidance of one cell: from the first's it changes linearly to the full scale in the last (a
   * single cell takes the full scale).
   */
  public double guidance(int cell, int cells) {
    return cells == 1
        ? guidanceScale
        : firstGuidance + (guidanceScale - firstGuidance) * cell / (cells - 1);
  }

  /** The time index the network is given for a time: trunc(1000·t) in fp32. */
  public static int timeIndex(double time) {
    return (int) ((float) time * 1000f);
  }
}
