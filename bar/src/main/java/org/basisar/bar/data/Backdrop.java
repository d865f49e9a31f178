package org.basisar.bar.data;

import java.util.List;

/**
 * The colours of the procedural pictures: saturated foregrounds, soft backgrounds that keep their
 * distance from them.
 */
final class Backdrop {
  /** Around the colour wheel, so that neighbours in the list look alike. */
  private static final List<Colour> SATURATED =
      List.of(
          Colour.of(0xE5383B), // red
          Colour.of(0xF3722C), // orange
          Colour.of(0xF0A202), // amber
          Colour.of(0x3FA34D), // green
          Colour.of(0x0FA3A3), // teal
          Colour.of(0x2374D5), // blue
          Colour.of(0x6A4BC4), // violet
          Colour.of(0xD6409F)); // pink

  private Backdrop() {}

  /**
   * Fills the canvas with a soft gradient and returns a saturated colour that stands out against
   * it.
   */
  static Colour fill(Canvas canvas, Draws draws) {
    int hue = draws.below(SATURATED.size());
    // Three to five steps round a wheel of eight: never the foreground's own hue or its neighbours.
    int opposite = (hue + 3 + draws.below(3)) % SATURATED.size();
    soft(canvas, draws, SATURATED.get(opposite));
    return SATURATED.get(hue).varied(draws, 0.04);
  }

  /** Fills the canvas with a soft gradient of any hue. */
  static void fillAnyHue(Canvas canvas, Draws draws) {
    soft(canvas, draws, SATURATED.get(draws.below(SATURATED.size())));
  }

  private static void soft(Canvas canvas, Draws draws, Colour hue) {
    Colour from = hue.lighter(draws.between(0.84, 0.94));
    Colour to = hue.lighter(draws.between(0.58, 0.74));
    canvas.fill(from, to, draws.between(0.25, 0.75) * Math.PI);
  }
}
