package org.basisar.bar.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class OrderPictureTest {
  /** The grid begins here, and cells of a grid of two are as wide. */
  private static final int MARGIN = 6;

  private static final int CELL = 128;

  private static int corner(BufferedImage image, int place) {
    return image.getRGB(MARGIN + place % 2 * CELL + 2, MARGIN + place / 2 * CELL + 2);
  }

  @Test
  void aPlaceHasTheColourOfItsStep() {
    BufferedImage image = OrderPicture.draw(new int[] {3, 0, 2, 1}, 2);
    assertThat(corner(image, 0)).isEqualTo(ColourRamp.DARKER_IS_HIGHER.at(1));
    assertThat(corner(image, 1)).isEqualTo(ColourRamp.DARKER_IS_HIGHER.at(0));
    assertThat(corner(image, 2)).isEqualTo(ColourRamp.DARKER_IS_HIGHER.at(2.0 / 3));
    assertThat(corner(image, 3)).isEqualTo(ColourRamp.DARKER_IS_HIGHER.at(1.0 / 3));
  }

  @Test
  void placesOfOneStepLookAlikeAndAreNumberedAlike() {
    BufferedImage image = OrderPicture.draw(new int[] {0, 1, 1, 0}, 2);
    for (int y = 0; y < CELL; y++) {
      for (int x = 0; x < CELL; x++) {
        int left = image.getRGB(MARGIN + x, MARGIN + y);
        assertThat(image.getRGB(MARGIN + CELL + x, MARGIN + CELL + y)).isEqualTo(left);
      }
    }
  }

  @Test
  void numbersAreDrawnUnlessTheyHaveNoRoom() {
    // No colour of the scale is as black as the numbers on light places.
    assertThat(colours(40)).contains(0xff000000);
    assertThat(colours(41)).doesNotContain(0xff000000);
  }

  private static int[] colours(int side) {
    BufferedImage image = OrderPicture.draw(IntStream.range(0, side * side).toArray(), side);
    int width = image.getWidth();
    return image.getRGB(0, 0, width, image.getHeight(), null, 0, width);
  }

  @Test
  void oneStepIsAnOrderToo() {
    BufferedImage image = OrderPicture.draw(new int[4], 2);
    assertThat(corner(image, 3)).isEqualTo(ColourRamp.DARKER_IS_HIGHER.at(0));
  }

  @Test
  void stepsMustFillTheGrid() {
    assertThatThrownBy(() -> OrderPicture.draw(new int[3], 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has 4 places but there are 3 steps");
    assertThatThrownBy(() -> OrderPicture.draw(new int[] {0, -1, 0, 0}, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Step -1 does not exist");
  }
}
