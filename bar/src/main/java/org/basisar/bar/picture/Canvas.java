package org.basisar.bar.picture;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;

/**
 * A transparent picture to draw on: exact pixels for data, lettering for words.
 *
 * <p>Transparent, with mid-grey lettering, because the same file is looked at on light pages and on
 * dark ones.
 */
final class Canvas {
  private static final String HEADLESS = "java.awt.headless";

  private final BufferedImage image;

  Canvas(int width, int height) {
    requireNoScreen();
    long pixels = (long) width * height;
    if (width <= 0 || height <= 0 || pixels > 1L << 28) {
      throw new IllegalArgumentException(
          "A picture of %d × %d pixels cannot be drawn; choose fewer images or smaller cells."
              .formatted(width, height));
    }
    image = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
  }

  /** Keeps AWT from looking for a screen, which fails over a stale DISPLAY; a set value wins. */
  static void requireNoScreen() {
    if (System.getProperty(HEADLESS) == null) {
      System.setProperty(HEADLESS, "true");
    }
  }

  BufferedImage image() {
    return image;
  }

  /** Fills a square of {@code size} pixels with one colour, given as ARGB. */
  void fillSquare(int left, int top, int size, int argb) {
    for (int y = top; y < top + size; y++) {
      for (int x = left; x < left + size; x++) {
        image.setRGB(x, y, argb);
      }
    }
  }

  /** A line one pixel wide just outside a rectangle. */
  void outline(int left, int top, int width, int height) {
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(new Color(0x7a, 0x7a, 0x7a, 0x60));
    graphics.drawRect(left - 1, top - 1, width + 1, height + 1);
    graphics.dispose();
  }

  /** Writes with the left end and the baseline at a point. */
  void write(Lettering lettering, String text, int left, int baseline) {
    write(lettering, text, left, baseline, Lettering.INK);
  }

  /** Writes in a colour that stands out against what lies below. */
  void write(Lettering lettering, String text, int left, int baseline, Color colour) {
    Graphics2D graphics = image.createGraphics();
    lettering.draw(graphics, text, left, baseline, colour);
    graphics.dispose();
  }

  /** Writes centred on a column of pixels, shortened to a width. */
  void writeCentred(Lettering lettering, String text, int left, int width, int baseline) {
    String fitted = lettering.fit(text, width);
    write(lettering, fitted, left + (width - lettering.width(fitted)) / 2, baseline);
  }
}
