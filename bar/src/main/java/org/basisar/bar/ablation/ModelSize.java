package org.basisar.bar.ablation;

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
  XarConfig of(XarConfig base) {
    if (this == BASE) {
      return base;
    }
    int step = 4 * base.heads();
    int width = (int) Math.round(base.width() * widthFactor / step) * step;
    return new XarConfig(
        base.gridSide(),
        base.cellsPerSide(),
        base.tokenDimension(),
        width,
        base.heads(),
        (int) Math.round(base.layers() * depthFactor),
        XarConfig.publishedMlpWidth(width),
        base.classes(),
        base.dropout());
  }
}
