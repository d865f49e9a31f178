package org.basisar.bar.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StripPictureTest {
  private static float[] image(int channels, float value) {
    float[] image = new float[channels * 9];
    Arrays.fill(image, value);
    return image;
  }

  @Test
  void stripsAreStackedRowByRow() {
    BufferedImage first = StripPicture.strip(3, 3, List.of(image(3, -1), image(3, 1)));
    BufferedImage second = StripPicture.strip(1, 3, List.of(image(1, 1), image(1, 0)));
    assertThat(first.getWidth()).isEqualTo(6);
    assertThat(first.getHeight()).isEqualTo(3);
    BufferedImage stacked = StripPicture.stack(List.of("", ""), List.of(first, second), 3);
    BufferedImage expected =
        ImageGrid.draw(
            GridLayout.ofColumns(2).withRowLabels(List.of("", "")),
            3,
            3,
            List.of(image(3, -1), image(3, 1), image(3, 1), image(3, 0)));
    assertThat(stacked.getWidth()).isEqualTo(expected.getWidth());
    assertThat(stacked.getHeight()).isEqualTo(expected.getHeight());
    for (int y = 0; y < expected.getHeight(); y++) {
      for (int x = 0; x < expected.getWidth(); x++) {
        assertThat(stacked.getRGB(x, y)).isEqualTo(expected.getRGB(x, y));
      }
    }
  }

  @Test
  void aStripOfAnotherSizeIsRefused() {
    BufferedImage one = StripPicture.strip(3, 3, List.of(image(3, 0), image(3, 0)));
    BufferedImage other = StripPicture.strip(3, 3, List.of(image(3, 0)));
    assertThatThrownBy(() -> StripPicture.stack(List.of("a", "b"), List.of(one, other), 3))
        .hasMessage("A strip of 3 by 3 pixels does not hold 2 images of side 3.");
  }
}
