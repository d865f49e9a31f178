package org.basisar.bar.picture;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Small square images side by side, enlarged by a whole factor so that every source pixel is a
 * square of equal size.
 *
 * <p>With no labels, image (row r, column c) has its top left pixel at {@code (padding + c · (cell
 * + padding), padding + r · (cell + padding))}, where {@code cell} is a multiple of the image's
 * side. Row labels move everything right, column labels move everything down.
 */
public final class ImageGrid {
  private static final int LETTER_SIZE = 13;
  private static final int LETTER_GAP = 6;
  private static final int WIDEST_ROW_LABEL = 200;

  /** What is drawn for a value that is not a number, so that it cannot pass for a dark pixel. */
  private static final int NOT_A_NUMBER = 0xffff00ff;

  private ImageGrid() {}

  /**
   * Draws images row by row.
   *
   * @param layout columns, cell size, labels
   * @param channels 1 for grey, 3 for red, green, blue
   * @param side height and width of each image in pixels
   * @param images each {@code [C, side, side]}, row-major, −1 for black to 1 for white; values
   *     outside are clamped
   * @return a picture with transparent gaps; a last row that is not full stays transparent
   * @throws IllegalArgumentException if there are no images, a length does not fit, or there are
   *     row labels but not one for each row
   */
  public static BufferedImage draw(
      GridLayout layout, int channels, int side, List<float[]> images) {
    check(layout, channels, side, images);
    int scale = Math.ceilDiv(layout.minimumCell(), side);
    var frame = new Frame(layout, side * scale, Math.ceilDiv(images.size(), layout.columns()));
    for (int i = 0; i < images.size(); i++) {
      int left = frame.left(i % layout.columns());
      int top = frame.top(i / layout.columns());
      float[] image = images.get(i);
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          frame.canvas.fillSquare(
              left + x * scale, top + y * scale, scale, colour(image, channels, side, y, x));
        }
      }
    }
    return frame.canvas.image();
  }

  /**
   * Draws a batch that lies in one array.
   *
   * @param layout columns, cell size, labels
   * @param channels 1 or 3
   * @param side height and width of each image in pixels
   * @param batch {@code [B, C, side, side]}, row-major, −1 to 1
   * @return the picture
   * @throws IllegalArgumentException as the other form, or if the length is no multiple of an image
   */
  public static BufferedImage draw(GridLayout layout, int channels, int side, float[] batch) {
    int length = Math.max(1, channels * side * side);
    if (batch.length % length != 0) {
      throw new IllegalArgumentException(
          "%d values are no whole number of images of [%d, %d, %d]; give whole images."
              .formatted(batch.length, channels, side, side));
    }
    var images = new ArrayList<float[]>();
    for (int start = 0; start < batch.length; start += length) {
      images.add(Arrays.copyOfRange(batch, start, start + length));
    }
    return draw(layout, channels, side, images);
  }

  private static void check(GridLayout layout, int channels, int side, List<float[]> images) {
    if (channels != 1 && channels != 3) {
      throw new IllegalArgumentException(
          "Images of " + channels + " channels cannot be drawn; give 1 (grey) or 3 (colour).");
    }
    if (side < 1 || images.isEmpty()) {
      throw new IllegalArgumentException(
          "There is nothing to draw: %d images of side %d; give at least one image of at least one pixel."
              .formatted(images.size(), side));
    }
    for (int i = 0; i < images.size(); i++) {
      if (images.get(i).length != channels * side * side) {
        throw new IllegalArgumentException(
            "Image %d has %d values where [%d, %d, %d] needs %d; give images of that shape."
                .formatted(i, images.get(i).length, channels, side, side, channels * side * side));
      }
    }
    int rows = Math.ceilDiv(images.size(), layout.columns());
    if (!layout.rowLabels().isEmpty() && layout.rowLabels().size() != rows) {
      throw new IllegalArgumentException(
          "%d images in %d columns are %d rows but there are %d row labels; give one for each row, or none."
              .formatted(images.size(), layout.columns(), rows, layout.rowLabels().size()));
    }
  }

  private static int colour(float[] image, int channels, int side, int y, int x) {
    int plane = side * side;
    int at = y * side + x;
    int argb = 0xff;
    for (int c = 0; c < 3; c++) {
      float value = image[channels == 1 ? at : c * plane + at];
      if (Float.isNaN(value)) {
        return NOT_A_NUMBER;
      }
      argb = argb << 8 | Math.clamp(Math.round((value + 1) * 127.5f), 0, 255);
    }
    return argb;
  }

  /** Where cells lie on a canvas, with the labels around them already written. */
  static final class Frame {
    final Canvas canvas;
    private final int cell;
    private final int padding;
    private final int leftMargin;
    private final int topMargin;

    Frame(GridLayout layout, int cell, int rows) {
      this.cell = cell;
      padding = layout.padding();
      Lettering lettering = Lettering.ofSize(LETTER_SIZE);
      int widest = layout.rowLabels().stream().mapToInt(lettering::width).max().orElse(-LETTER_GAP);
      leftMargin = Math.min(widest, WIDEST_ROW_LABEL) + LETTER_GAP;
      topMargin = layout.columnLabels().isEmpty() ? 0 : lettering.height() + 2;
      canvas = new Canvas(left(layout.columns()), top(rows));
      for (int row = 0; row < layout.rowLabels().size(); row++) {
        String label = lettering.fit(layout.rowLabels().get(row), WIDEST_ROW_LABEL);
        int baseline = top(row) + (cell + lettering.ascent() - lettering.descent()) / 2;
        canvas.write(lettering, label, leftMargin - LETTER_GAP - lettering.width(label), baseline);
      }
      for (int column = 0; column < layout.columnLabels().size(); column++) {
        canvas.writeCentred(
            lettering,
            layout.columnLabels().get(column),
            left(column),
            cell,
            padding + lettering.ascent());
      }
    }

    /** The first pixel of a column of cells; of the column after the last, the width of all. */
    int left(int column) {
      return leftMargin + padding + column * (cell + padding);
    }

    /** The first pixel of a row of cells; of the row after the last, the height of all. */
    int top(int row) {
      return topMargin + padding + row * (cell + padding);
    }
  }
}
