package org.basisar.bar.ablation;

import org.basisar.bar.mar.MarConfig;
import org.basisar.bar.mar.MarSettings;
import org.basisar.bar.model.NetworkConfig;
import org.basisar.bar.xar.XarConfig;

/** The paper's three sizes, relative to the network that the user configured as the smallest. */
enum ModelSize {
  /** As configured. */
  BASE("b", 1, 1),
  /** 4/3 as wide and twice as deep. */
  LARGE("l", 4.0 / 3, 2),
  /** 5/3 as wide and two and a half times as deep. */
  HUGE("h", 5.0 / 3, 2.5);

  private final String letter;
  private final double widthFactor;
  private final double depthFactor;

  ModelSize(String letter, double widthFactor, double depthFactor) {
    this.letter = letter;
    this.widthFactor = widthFactor;
    this.depthFactor = depthFactor;
  }

  /** The paper's letter, lower case. */
  String letter() {
    return letter;
  }

  /** The network at this size; its head width is a multiple of four. */
  NetworkConfig of(NetworkConfig base) {
    if (this == BASE) {
      return base;
    }
    return switch (base) {
      case XarConfig xar -> xar(xar);
      case MarSettings mar -> mar(mar);
      default ->
          throw new IllegalArgumentException(
              "%s has no larger sizes".formatted(base.getClass().getSimpleName()));
    };
  }

  private XarConfig xar(XarConfig base) {
    int width = width(base);
    return new XarConfig(
        base.gridSide(),
        base.cellsPerSide(),
        base.tokenDimension(),
        width,
        base.heads(),
        layers(base),
        XarConfig.publishedMlpWidth(width),
        base.classes(),
        base.dropout());
  }

  private MarSettings mar(MarSettings base) {
    MarConfig size = base.size();
    return new MarSettings(
        new MarConfig(
            size.tokens(),
            size.tokenDimension(),
            width(base),
            size.heads(),
            layers(base),
            size.headWidth(),
            size.headLayers(),
            size.buffer(),
            size.classes(),
            size.dropout()),
        base.leastMaskRatio(),
        base.diffusionBatchMultiplier(),
        base.iterations(),
        base.temperature(),
        base.clip(),
        base.inOrder());
  }

  private int width(NetworkConfig base) {
    int step = 4 * base.heads();
    return (int) Math.round(base.width() * widthFactor / step) * step;
  }

  private int layers(NetworkConfig base) {
    return (int) Math.round(base.layers() * depthFactor);
  }
}
