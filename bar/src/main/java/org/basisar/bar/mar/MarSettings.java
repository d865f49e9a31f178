package org.basisar.bar.mar;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.basisar.bar.model.NetworkConfig;
import org.basisar.nn.Module;
import org.basisar.nn.Setup;

/**
 * A MAR network together with how its tokens are masked while training and revealed while sampling.
 *
 * @param size of the network; its tokens form a square
 * @param leastMaskRatio the mask ratio of a batch is normal(1, 0.25) truncated to [leastMaskRatio,
 *     1]
 * @param diffusionBatchMultiplier times and noises drawn for each masked token
 * @param iterations in which a sample is revealed
 * @param temperature factor on the noise of each diffusion step while sampling
 * @param clip the greatest absolute value that a number of a clean token can have: what the
 *     diffusion network predicts is limited to it while sampling; 0 for no limit, as in the public
 *     code
 * @param inOrder whether tokens are masked from the end and revealed by increasing position instead
 *     of by chance
 */
public record MarSettings(
    MarConfig size,
    double leastMaskRatio,
    int diffusionBatchMultiplier,
    int iterations,
    double temperature,
    double clip,
    boolean inOrder)
    implements NetworkConfig {
  private static final double RATIO_DEVIATION = 0.25;

  /** Checks ranges. */
  public MarSettings {
    int side = side(size);
    if (side * side != size.tokens()) {
      throw new IllegalArgumentException(
          size.tokens() + " tokens are no square grid; choose a square number");
    }
    if (!(leastMaskRatio > 0 && leastMaskRatio <= 1)) {
      throw new IllegalArgumentException(
          "the least mask ratio must be above 0 and at most 1, is " + leastMaskRatio);
    }
    if (diffusionBatchMultiplier < 1 || diffusionBatchMultiplier > 64) {
      throw new IllegalArgumentException(
          "the diffusion batch multiplier must be 1 to 64, is " + diffusionBatchMultiplier);
    }
    if (!(clip >= 0 && Double.isFinite(clip))) {
      throw new IllegalArgumentException(
          "the limit of predicted tokens must not be negative, is " + clip);
    }
    new MarSampler.Settings(iterations, 2, 1, true, temperature);
  }

  private static int side(MarConfig size) {
    return (int) Math.round(Math.sqrt(size.tokens()));
  }

  /**
   * How many tokens of every image of a batch are masked: ⌈N·ratio⌉ for a ratio drawn from the
   * truncated normal distribution, whose half above 1 is folded onto the half below.
   */
  public int drawMasked(SplittableRandom random) {
    double ratio;
    do {
      ratio = 1 - RATIO_DEVIATION * Math.abs(random.nextGaussian());
    } while (ratio < leastMaskRatio && leastMaskRatio < 1);
    return (int) Math.ceil(size.tokens() * Math.max(ratio, leastMaskRatio));
  }

  /** An image's order: its first entries are masked, its last are revealed first. */
  public int[] drawOrder(SplittableRandom random) {
    int[] order = new int[size.tokens()];
    for (int i = 0; i < order.length; i++) {
      order[i] = order.length - 1 - i;
    }
    for (int i = order.length - 1; i > 0 && !inOrder; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return order;
  }

  /** The same network sampled otherwise. */
  public MarSettings revealed(int otherIterations, double otherTemperature, double otherClip) {
    return new MarSettings(
        size,
        leastMaskRatio,
        diffusionBatchMultiplier,
        otherIterations,
        otherTemperature,
        otherClip,
        inOrder);
  }

  /**
   * The greatest absolute value that the sampler lets each coefficient have, [N]: what tokens
   * within the limit can add up to, clip·Σ_l |a_kl|.
   *
   * @param basis row-major A [N, N]
   */
  public double[] limits(double[] basis) {
    int tokens = size.tokens();
    double[] limits = new double[tokens];
    for (int i = 0; i < basis.length; i++) {
      limits[i / tokens] += clip * Math.abs(basis[i]);
    }
    if (clip == 0) {
      Arrays.fill(limits, Double.POSITIVE_INFINITY);
    }
    return limits;
  }

  /** What the sampler is told. */
  public MarSampler.Settings sampler(int diffusionSteps, double guidanceScale) {
    return new MarSampler.Settings(iterations, diffusionSteps, guidanceScale, true, temperature);
  }

  @Override
  public void checkSampling(int steps, double guidanceScale) {
    sampler(steps, guidanceScale);
  }

  @Override
  public int gridSide() {
    return side(size);
  }

  /** 1: what is revealed together is chosen anew in each iteration. */
  @Override
  public int cellsPerSide() {
    return 1;
  }

  @Override
  public int tokenDimension() {
    return size.tokenDimension();
  }

  @Override
  public int width() {
    return size.width();
  }

  @Override
  public int heads() {
    return size.heads();
  }

  @Override
  public int layers() {
    return size.layers();
  }

  @Override
  public int classes() {
    return size.classes();
  }

  @Override
  public long parameterCount() {
    return size.parameterCount();
  }

  @Override
  public Module build(Setup setup) {
    return new MarModel(setup, size);
  }

  /** The public code spares the whole diffusion network. */
  @Override
  public boolean decays(String path) {
    return !path.contains("diffloss");
  }
}
