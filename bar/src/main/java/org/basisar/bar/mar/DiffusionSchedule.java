package org.basisar.bar.mar;

import java.util.Arrays;

/**
 * The numbers of a discrete diffusion process, in fp64: the cosine schedule of 1,000 steps, or one
 * with fewer steps taken from it.
 */
public final class DiffusionSchedule {
  /** Steps of the process that the network is trained on. */
  public static final int STEPS = 1000;

  private static final double MOST_BETA = 0.999;

  private final int[] originalSteps;
  private final double[] betas;
  private final double[] signals; // ᾱ

  private DiffusionSchedule(int[] originalSteps, double[] betas) {
    this.originalSteps = originalSteps;
    this.betas = betas;
    signals = new double[betas.length];
    double product = 1;
    for (int i = 0; i < betas.length; i++) {
      product *= 1 - betas[i];
      signals[i] = product;
    }
  }

  /** The cosine schedule of {@link #STEPS} steps. */
  public static DiffusionSchedule cosine() {
    int[] steps = new int[STEPS];
    double[] betas = new double[STEPS];
    for (int i = 0; i < STEPS; i++) {
      steps[i] = i;
      betas[i] = Math.min(1 - cosine((i + 1.0) / STEPS) / cosine((double) i / STEPS), MOST_BETA);
    }
    return new DiffusionSchedule(steps, betas);
  }

  private static double cosine(double s) {
    double root = Math.cos((s + 0.008) / 1.008 * Math.PI / 2);
    return root * root;
  }

  /**
   * The same process in {@code count} evenly spaced steps.
   *
   * @param count 2 to {@link #STEPS}
   */
  public DiffusionSchedule respaced(int count) {
    if (count < 2 || count > betas.length) {
      throw new IllegalArgumentException(
          "the diffusion sampler takes 2 to " + betas.length + " steps, not " + count);
    }
    int[] steps = new int[count];
    double[] fewer = new double[count];
    double stride = (betas.length - 1.0) / (count - 1);
    double position = 0;
    double last = 1;
    for (int k = 0; k < count; k++) {
      steps[k] = (int) Math.rint(position);
      fewer[k] = 1 - signals[steps[k]] / last;
      last = signals[steps[k]];
      position += stride;
    }
    return new DiffusionSchedule(steps, fewer);
  }

  /** Number of steps. */
  public int steps() {
    return betas.length;
  }

  /** The step of the original schedule, which the network is told. */
  public int original(int step) {
    return originalSteps[step];
  }

  /** The steps of the original schedule. */
  public int[] original() {
    return originalSteps.clone();
  }

  /** β of a step. */
  public double beta(int step) {
    return betas[step];
  }

  /** ᾱ of a step: the share of the signal's variance that is left. */
  public double signal(int step) {
    return signals[step];
  }

  /** The step whose noise is closest to being {@code ratio} times as strong as its signal. */
  public int closest(double ratio) {
    int least = 0;
    int greatest = betas.length - 1;
    while (greatest - least > 1) {
      int middle = (least + greatest) >>> 1;
      if (noiseRatio(middle) < ratio) {
        least = middle;
      } else {
        greatest = middle;
      }
    }
    return ratio - noiseRatio(least) <= noiseRatio(greatest) - ratio ? least : greatest;
  }

  private double noiseRatio(int step) {
    return Math.sqrt(1 / signals[step] - 1);
  }

  private double signalBefore(int step) {
    return step == 0 ? 1 : signals[step - 1];
  }

  /** The variance of the posterior of the step before, given both ends. */
  public double posteriorVariance(int step) {
    return betas[step] * (1 - signalBefore(step)) / (1 - signals[step]);
  }

  /** The logarithm of {@link #posteriorVariance}; at step 0, where that is 0, step 1's. */
  public double posteriorLogVariance(int step) {
    return Math.log(posteriorVariance(Math.max(step, 1)));
  }

  /** Weight of the clean token in the posterior's mean. */
  public double cleanWeight(int step) {
    return betas[step] * Math.sqrt(signalBefore(step)) / (1 - signals[step]);
  }

  /** Weight of the noisy token in the posterior's mean. */
  public double noisyWeight(int step) {
    return (1 - signalBefore(step)) * Math.sqrt(1 - betas[step]) / (1 - signals[step]);
  }

  /** Columns of {@link #table}. */
  static final int COLUMNS = 8;

  /**
   * What the training loss looks up by step, [steps, {@link #COLUMNS}]: √ᾱ, √(1−ᾱ), weights of the
   * clean and the noisy token, logarithm of the posterior's variance, log β, 1/√ᾱ, √(1/ᾱ−1).
   */
  double[] table() {
    double[] table = new double[betas.length * COLUMNS];
    for (int i = 0; i < betas.length; i++) {
      double[] row = {
        Math.sqrt(signals[i]),
        Math.sqrt(1 - signals[i]),
        cleanWeight(i),
        noisyWeight(i),
        posteriorLogVariance(i),
        Math.log(betas[i]),
        1 / Math.sqrt(signals[i]),
        Math.sqrt(1 / signals[i] - 1)
      };
      System.arraycopy(row, 0, table, i * COLUMNS, COLUMNS);
    }
    return table;
  }

  @Override
  public String toString() {
    return "steps " + Arrays.toString(originalSteps);
  }
}
