package org.basisar.bar.discrete;

import org.basisar.bar.train.PixelTokens;
import org.basisar.bar.train.RunConfig;

/**
 * Everything that decides the numbers of a run on discrete tokens; its {@code config.json} has the
 * key {@code tokens} with the value {@code discrete}.
 *
 * @param order in which order codes are generated
 */
public record DiscreteConfig(
    RunConfig.Data data,
    RunConfig.Image image,
    Network network,
    OrderName order,
    RunConfig.Training training,
    Sampling sampling,
    long seed) {

  /** Checks that the parts fit together. */
  public DiscreteConfig {
    require(
        image.side() == network.gridSide() * image.patch(),
        "images of " + image.side() + " pixels do not make a grid of " + network.gridSide());
    require(
        network.classes() == data.classNames().size(),
        "the network has " + network.classes() + " classes, the data " + data.classNames().size());
    long widest = Math.max(3L * network.width(), network.codes());
    require(
        training.batch() * (long) network.tokens() * widest <= Integer.MAX_VALUE,
        "a batch of " + training.batch() + " images is too large for one tensor; lower --batch");
    order.places(network.gridSide());
  }

  /**
   * The network.
   *
   * @param gridSide tokens along each side
   * @param group codes predicted at once; they are drawn independently of each other
   * @param codes K
   */
  public record Network(
      int gridSide,
      int group,
      int codes,
      int width,
      int heads,
      int layers,
      int mlpWidth,
      int classes,
      double dropout) {
    /** Checks ranges. */
    public Network {
      require(gridSide >= 1 && gridSide <= 128, "the grid side must be 1 to 128, is " + gridSide);
      require(
          group >= 1 && gridSide * gridSide % group == 0,
          "--group "
              + group
              + " does not divide the "
              + gridSide * gridSide
              + " tokens; choose a divisor");
      require(codes >= 2 && codes <= 1 << 16, "--codes must be 2 to 65536, is " + codes);
      require(
          width >= 4 && heads >= 1 && width % heads == 0 && width / heads % 4 == 0,
          "width "
              + width
              + " over "
              + heads
              + " heads must give a head width divisible by 4; choose other heads or width");
      require(
          layers >= 1 && mlpWidth >= 1 && classes >= 1,
          "layers, MLP width and classes must be at least 1");
      require(dropout >= 0 && dropout < 1, "dropout must be in [0, 1), is " + dropout);
    }

    /** N. */
    public int tokens() {
      return gridSide * gridSide;
    }

    /** Autoregressive steps. */
    public int groups() {
      return tokens() / group;
    }

    /** The label that stands for no class. */
    public int nullLabel() {
      return classes;
    }
  }

  /**
   * Defaults of the sampler.
   *
   * @param temperature logits are divided by it; 0 takes the likeliest code
   * @param guidanceScale of the last group, rising linearly from 1 at the first
   */
  public record Sampling(double temperature, double guidanceScale) {
    /** Checks ranges. */
    public Sampling {
      require(
          temperature >= 0 && Double.isFinite(temperature),
          "--temperature must be finite and not negative, is " + temperature);
      require(
          guidanceScale >= 0 && Double.isFinite(guidanceScale),
          "--guidance must be finite and not negative, is " + guidanceScale);
    }
  }

  /** Patches as tokens, row by row. */
  public PixelTokens tokens() {
    return new PixelTokens(image.side(), image.channels(), image.patch(), 1, image.scale());
  }

  /** The same run to be trained for another number of steps. */
  public DiscreteConfig withSteps(long steps) {
    return new DiscreteConfig(
        data, image, network, order, training.withSteps(steps), sampling, seed);
  }

  /** The same run with other defaults of the sampler. */
  public DiscreteConfig withSampling(Sampling other) {
    return new DiscreteConfig(data, image, network, order, training, other, seed);
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
