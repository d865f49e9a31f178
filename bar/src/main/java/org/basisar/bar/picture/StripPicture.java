package org.basisar.bar.picture;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of small images that were written one under the other by different runs, put together into
 * one grid. A strip is a row of images side by side without gaps or enlargement.
 */
public final class StripPicture {
  private static final int RED = 16;
  private static final int GREEN = 8;

  private StripPicture() {}

  /**
   * Writes images side by side.
   *
   * @param channels 1 or 3
   * @param side height and width of each
   * @param images each {@code [C, side, side]}, −1 to 1
   */
  public static BufferedImage strip(int channels, int side, List<float[]> images) {
    GridLayout layout = new GridLayout(images.size(), 1, 0, List.of(), List.of());
    return ImageGrid.draw(layout, channels, side, images);
  }

  /**
   * A grid with one strip per row.
   *
   * @param names of the strips
   * @param strips all as wide as the first
   * @param side height and width of each image
   * @throws IllegalArgumentException if a strip has another size
   */
  public static BufferedImage stack(List<String> names, List<BufferedImage> strips, int side) {
    int columns = strips.getFirst().getWidth() / side;
    List<float[]> images = new ArrayList<>();
    for (BufferedImage strip : strips) {
      if (strip.getHeight() != side || strip.getWidth() != columns * side) {
        throw new IllegalArgumentException(
            "A strip of %d by %d pixels does not hold %d images of side %d."
                .formatted(strip.getWidth(), strip.getHeight(), columns, side));
      }
      for (int column = 0; column < columns; column++) {
        images.add(image(strip, column * side, side));
      }
    }
    return ImageGrid.draw(GridLayout.ofColumns(columns).withRowLabels(names), 3, side, images);
  }

  private static float[] image(BufferedImage strip, int left, int side) {
    float[] image = new float[3 * side * side];
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        int colour = strip.getRGB(left + x, y);
        int at = y * side + x;
        image[at] = level(colour >> RED);
        image[side * side + at] = level(colour >> GREEN);
        image[2 * side * side + at] = level(colour);
      }
    }
    return image;
  }

  private static float level(int bits) {
    return (bits & 0xff) / 127.5f - 1;
  }
}
