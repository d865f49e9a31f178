package org.basisar.bar.picture;

import java.util.Arrays;

/** From a number to a colour, by straight lines between a few colours. */
final class ColourRamp {
  /** From nearly white for 0 to nearly black for 1, through blue; lightness only falls. */
  static final ColourRamp DARKER_IS_HIGHER =
      new ColourRamp(0xf3f7fb, 0x9cc4e4, 0x3a7cb8, 0x123a6b, 0x040d1e);

  /** From blue for 0 through nearly white for one half to red for 1. */
  static final ColourRamp DIVERGING =
      new ColourRamp(0x123a6b, 0x4a8fc7, 0xf5f5f3, 0xd9704a, 0x7a1620);

  private final int[] stops;

  private ColourRamp(int... stops) {
    this.stops = stops;
  }

  /** The same colours the other way round. */
  ColourRamp reversed() {
    int[] other = new int[stops.length];
    Arrays.setAll(other, i -> stops[stops.length - 1 - i]);
    return new ColourRamp(other);
  }

  /** The colour of a position from 0 to 1 as opaque ARGB; a NaN is magenta. */
  int at(double position) {
    if (Double.isNaN(position)) {
      return 0xffff00ff;
    }
    double along = Math.clamp(position, 0, 1) * (stops.length - 1);
    int below = Math.min((int) along, stops.length - 2);
    double part = along - below;
    int argb = 0xff;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int from = stops[below] >> shift & 0xff;
      int to = stops[below + 1] >> shift & 0xff;
      argb = argb << 8 | (int) Math.round(from + part * (to - from));
    }
    return argb;
  }
}
