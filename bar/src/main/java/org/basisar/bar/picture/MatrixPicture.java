package org.basisar.bar.picture;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;

/** A matrix as a square of colours around zero, with the scale that says what a colour means. */
final class MatrixPicture {
  private static final int MARGIN = 6;
  private static final int BAR_GAP = 14;

  private MatrixPicture() {}

  /**
   * Draws a matrix up to its own largest magnitude.
   *
   * @param values {@code [rows, columns]} row-major
   * @param size about how wide and high the drawn matrix is in pixels; larger for larger matrices
   */
  static BufferedImage draw(int rows, int columns, double[] values, int size) {
    double magnitude = 0;
    for (double value : values) {
      if (Double.isFinite(value)) {
        magnitude = Math.max(magnitude, Math.abs(value));
      }
    }
    int scale = Math.max(1, size / Math.max(rows, columns));
    int width = columns * scale;
    int height = rows * scale;
    var bar =
        new ColourScale(
            ColourRamp.DIVERGING, List.of("+" + number(magnitude), "0", "−" + number(magnitude)));
    int barLeft = MARGIN + width + BAR_GAP;
    var canvas = new Canvas(barLeft + bar.width() + MARGIN, height + 2 * MARGIN);
    canvas.outline(MARGIN, MARGIN, width, height);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        double value = values[i * columns + j];
        double position = magnitude == 0 ? 0.5 + value : 0.5 + 0.5 * value / magnitude;
        canvas.fillSquare(
            MARGIN + j * scale, MARGIN + i * scale, scale, ColourRamp.DIVERGING.at(position));
      }
    }
    bar.draw(canvas, barLeft, MARGIN, height);
    return canvas.image();
  }

  private static String number(double value) {
    return value == 0 || (value >= 0.01 && value < 1000)
        ? String.format(Locale.ROOT, "%.3f", value)
        : String.format(Locale.ROOT, "%.1e", value);
  }
}
