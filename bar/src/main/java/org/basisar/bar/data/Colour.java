package org.basisar.bar.data;

/** An opaque colour, components in [0, 1], in the encoding of the output bytes. */
record Colour(double red, double green, double blue) {
  static final Colour WHITE = of(0xFFFFFF);
  static final Colour BLACK = of(0x000000);

  /** The colour written as 0xRRGGBB. */
  static Colour of(int rgb) {
    return new Colour((rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0);
  }

  /** This colour moved towards {@code other}: 0 is this, 1 is the other. */
  Colour towards(Colour other, double share) {
    return new Colour(
        red + (other.red - red) * share,
        green + (other.green - green) * share,
        blue + (other.blue - blue) * share);
  }

  Colour lighter(double share) {
    return towards(WHITE, share);
  }

  Colour darker(double share) {
    return towards(BLACK, share);
  }

  /** This colour with each component moved by up to {@code amount} either way. */
  Colour varied(Draws draws, double amount) {
    return new Colour(
        clamp(red + draws.between(-amount, amount)),
        clamp(green + draws.between(-amount, amount)),
        clamp(blue + draws.between(-amount, amount)));
  }

  private static double clamp(double component) {
    return Math.clamp(component, 0.0, 1.0);
  }
}
