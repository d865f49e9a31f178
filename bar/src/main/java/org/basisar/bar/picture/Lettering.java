package org.basisar.bar.picture;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.FontRenderContext;

/**
 * Text in pictures: the host's fonts where there are any, block letters of our own where not.
 *
 * <p>Containers on GPU hosts often carry no font at all, and there AWT throws on the first measured
 * string. A label is not worth a run, so the choice is made once, by trying.
 */
sealed interface Lettering permits Lettering.HostFont, BlockLettering {

  /** Mid grey, readable on a white page and on a black one. */
  Color INK = new Color(0x7a7a7a);

  /** Width of a text in pixels. */
  int width(String text);

  /** Pixels above the baseline. */
  int ascent();

  /** Pixels below the baseline. */
  int descent();

  /** Draws a text with its left end and baseline at a point. */
  void draw(Graphics2D graphics, String text, int left, int baseline, Color colour);

  /** Height of a line in pixels. */
  default int height() {
    return ascent() + descent();
  }

  /** The text, shortened with an ellipsis until it is no wider than {@code width} pixels. */
  default String fit(String text, int width) {
    if (width(text) <= width) {
      return text;
    }
    int kept = text.length();
    while (kept > 0) {
      kept = text.offsetByCodePoints(kept, -1);
      String shorter = text.substring(0, kept).strip() + "…";
      if (width(shorter) <= width) {
        return shorter;
      }
    }
    return "";
  }

  /**
   * The lettering for this machine.
   *
   * @param size nominal size in pixels
   */
  static Lettering ofSize(int size) {
    return HostFont.AVAILABLE ? new HostFont(size) : new BlockLettering(size);
  }

  /** Whether AWT can measure and draw text on this machine. */
  static boolean hostHasFonts() {
    return HostFont.AVAILABLE;
  }

  /** The host's sans-serif font, smoothed. */
  final class HostFont implements Lettering {
    private static final FontRenderContext SMOOTH = new FontRenderContext(null, true, false);
    private static final boolean AVAILABLE = tryFonts();

    private final Font font;
    private final int ascent;
    private final int descent;

    HostFont(int size) {
      font = new Font(Font.SANS_SERIF, Font.BOLD, size);
      var line = font.getLineMetrics("Ag", SMOOTH);
      ascent = (int) Math.ceil(line.getAscent());
      descent = (int) Math.ceil(line.getDescent());
    }

    private static boolean tryFonts() {
      Canvas.requireNoScreen();
      try {
        return new Font(Font.SANS_SERIF, Font.PLAIN, 12).getStringBounds("k", SMOOTH).getWidth()
            > 0;
      } catch (RuntimeException | InternalError | LinkageError _) {
        // AWT reports missing fonts or a missing fontconfig library by any of these.
        return false;
      }
    }

    @Override
    public int width(String text) {
      return text.isEmpty() ? 0 : (int) Math.ceil(font.getStringBounds(text, SMOOTH).getWidth());
    }

    @Override
    public int ascent() {
      return ascent;
    }

    @Override
    public int descent() {
      return descent;
    }

    @Override
    public void draw(Graphics2D graphics, String text, int left, int baseline, Color colour) {
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.setFont(font);
      graphics.setColor(colour);
      graphics.drawString(text, left, baseline);
    }
  }
}
