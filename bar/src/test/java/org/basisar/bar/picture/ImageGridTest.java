package org.basisar.bar.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ImageGridTest {
  /** Cells of 6 pixels (a side of 2, enlarged 3 times to reach 5), one pixel apart. */
  private static final GridLayout SMALL = GridLayout.ofColumns(2).withMinimumCell(5).withPadding(1);

  private static final float[] GREYS = {-1, -0.5f, 0, 1};
  private static final float[] COLOURS = {1, -1, -1, 1, -1, 1, -1, 1, -1, -1, 1, 1};

  @Test
  void everySourcePixelIsASquareInItsPlace() {
    BufferedImage image = ImageGrid.draw(SMALL, 1, 2, List.of(GREYS, GREYS, GREYS));
    assertThat(image.getWidth()).isEqualTo(1 + 2 * 7);
    assertThat(image.getHeight()).isEqualTo(1 + 2 * 7);
    int[] expected = {0xff000000, 0xff404040, 0xff808080, 0xffffffff};
    for (int y = 0; y < 15; y++) {
      for (int x = 0; x < 15; x++) {
        boolean gap = x % 7 == 0 || y % 7 == 0;
        boolean noImage = x > 7 && y > 7;
        int pixel = (y % 7 - 1) / 3 * 2 + (x % 7 - 1) / 3;
        assertThat(image.getRGB(x, y))
            .as("pixel (%d, %d)", x, y)
            .isEqualTo(gap || noImage ? 0 : expected[pixel]);
      }
    }
  }

  @Test
  void channelsAreRedGreenBluePlanes() {
    BufferedImage image = ImageGrid.draw(SMALL, 3, 2, List.of(COLOURS));
    assertThat(image.getRGB(1, 1)).isEqualTo(0xffff0000);
    assertThat(image.getRGB(4, 1)).isEqualTo(0xff00ff00);
    assertThat(image.getRGB(1, 4)).isEqualTo(0xff0000ff);
    assertThat(image.getRGB(4, 4)).isEqualTo(0xffffffff);
  }

  @Test
  void valuesOutsideAreClampedAndNaNIsNotTakenForAColour() {
    float[] wild = {-7, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN};
    BufferedImage image = ImageGrid.draw(SMALL, 1, 2, List.of(wild));
    assertThat(image.getRGB(1, 1)).isEqualTo(0xff000000);
    assertThat(image.getRGB(4, 1)).isEqualTo(0xffffffff);
    assertThat(image.getRGB(1, 4)).isEqualTo(0xff000000);
    assertThat(image.getRGB(4, 4)).isEqualTo(0xffff00ff);
  }

  @Test
  void aBatchInOneArrayIsTheSameAsItsImages() {
    float[] batch = new float[3 * 12];
    for (int i = 0; i < batch.length; i++) {
      batch[i] = i / 18f - 1;
    }
    List<float[]> images =
        List.of(
            Arrays.copyOfRange(batch, 0, 12),
            Arrays.copyOfRange(batch, 12, 24),
            Arrays.copyOfRange(batch, 24, 36));
    assertThat(PngWriter.encode(ImageGrid.draw(SMALL, 3, 2, batch)))
        .isEqualTo(PngWriter.encode(ImageGrid.draw(SMALL, 3, 2, images)));
  }

  @Test
  void labelsMoveTheImagesAndLeaveThemAsTheyAre() {
    BufferedImage plain = ImageGrid.draw(SMALL, 1, 2, List.of(GREYS, GREYS));
    BufferedImage labelled =
        ImageGrid.draw(
            SMALL.withRowLabels(List.of("lake")).withColumnLabels(List.of("1", "2")),
            1,
            2,
            List.of(GREYS, GREYS));
    int right = labelled.getWidth() - plain.getWidth();
    int down = labelled.getHeight() - plain.getHeight();
    assertThat(right).isGreaterThan(10);
    assertThat(down).isGreaterThan(6);
    for (int y = 0; y < plain.getHeight(); y++) {
      for (int x = 1; x < plain.getWidth(); x++) {
        assertThat(labelled.getRGB(x + right, y + down)).isEqualTo(plain.getRGB(x, y));
      }
    }
    assertThat(inked(labelled, 0, right)).isTrue();
  }

  @Test
  void aLabelOfAnyLengthLeavesRoomForTheImages() {
    BufferedImage image =
        ImageGrid.draw(SMALL.withRowLabels(List.of("x".repeat(1023))), 1, 2, List.of(GREYS, GREYS));
    assertThat(image.getWidth()).isLessThan(300);
  }

  @Test
  void anImageLargerThanACellIsNotShrunk() {
    BufferedImage image = ImageGrid.draw(SMALL.withMinimumCell(1), 1, 2, List.of(GREYS));
    assertThat(image.getWidth()).isEqualTo(1 + 2 * 3);
  }

  @Test
  void whatCannotBeDrawnIsNamed() {
    assertThatThrownBy(() -> ImageGrid.draw(SMALL, 2, 2, List.of(new float[8])))
        .hasMessageContaining("2 channels");
    assertThatThrownBy(() -> ImageGrid.draw(SMALL, 1, 2, List.of()))
        .hasMessageContaining("nothing to draw");
    assertThatThrownBy(() -> ImageGrid.draw(SMALL, 1, 2, List.of(GREYS, new float[3])))
        .hasMessageContaining("Image 1 has 3 values");
    assertThatThrownBy(() -> ImageGrid.draw(SMALL, 1, 2, new float[5]))
        .hasMessageContaining("5 values");
    assertThatThrownBy(
            () -> ImageGrid.draw(SMALL.withRowLabels(List.of("a", "b")), 1, 2, List.of(GREYS)))
        .hasMessageContaining("2 row labels");
    assertThatThrownBy(() -> SMALL.withColumnLabels(List.of("a")))
        .hasMessageContaining("1 column labels");
    assertThatThrownBy(() -> GridLayout.ofColumns(0)).hasMessageContaining("0 columns");
  }

  private static boolean inked(BufferedImage image, int from, int to) {
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = from; x < to; x++) {
        if (image.getRGB(x, y) != 0) {
          return true;
        }
      }
    }
    return false;
  }
}
