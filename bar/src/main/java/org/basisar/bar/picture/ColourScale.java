package org.basisar.bar.picture;

import java.util.List;

/** A bar that says which colour stands for what, with words beside its ends and its middle. */
final class ColourScale {
  private static final int WIDTH = 14;
  private static final int GAP = 6;
  private static final int LETTER_SIZE = 14;

  private final ColourRamp ramp;
  private final List<String> words;
  private final Lettering lettering = Lettering.ofSize(LETTER_SIZE);

  /**
   * A scale.
   *
   * @param ramp from the lower end, 0, to the upper, 1
   * @param words beside the upper end, the middle and the lower end
   */
  ColourScale(ColourRamp ramp, List<String> words) {
    this.ramp = ramp;
    this.words = List.copyOf(words);
  }

  /** Pixels that it takes from left to right, words included. */
  int width() {
    return WIDTH + GAP + words.stream().mapToInt(lettering::width).max().orElse(0);
  }

  /** Draws it with its upper left corner at a point. */
  void draw(Canvas canvas, int left, int top, int height) {
    for (int y = 0; y < height; y++) {
      int colour = ramp.at(1 - (double) y / Math.max(1, height - 1));
      for (int x = 0; x < WIDTH; x++) {
        canvas.image().setRGB(left + x, top + y, colour);
      }
    }
    int textLeft = left + WIDTH + GAP;
    int middle = top + (height + lettering.ascent() - lettering.descent()) / 2;
    canvas.write(lettering, words.get(0), textLeft, top + lettering.ascent());
    canvas.write(lettering, words.get(1), textLeft, middle);
    canvas.write(lettering, words.get(2), textLeft, top + height - lettering.descent());
  }
}
