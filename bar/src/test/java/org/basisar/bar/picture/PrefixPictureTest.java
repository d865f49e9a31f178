package org.basisar.bar.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PrefixPictureTest {
  @Test
  void lengthsStartAtOneAndEndAtAll() {
    assertThat(PrefixPicture.lengths(256, 25))
        .containsExactly(1, 26, 51, 76, 101, 126, 151, 176, 201, 226, 251, 256);
    assertThat(PrefixPicture.lengths(1, 25)).containsExactly(1);
    assertThat(PrefixPicture.lengths(31, 10)).containsExactly(1, 11, 21, 31);
    assertThat(PrefixPicture.lengths(3, 1)).containsExactly(1, 2, 3);
    assertThatThrownBy(() -> PrefixPicture.lengths(0, 1)).hasMessageContaining("0 tokens");
  }

  @Test
  void samplesAreRowsAndLengthsAreColumns() {
    int[] lengths = {1, 3};
    List<List<float[]>> decoded =
        List.of(
            List.of(new float[] {-1}, new float[] {0}),
            List.of(new float[] {0}, new float[] {1}),
            List.of(new float[] {1}, new float[] {-1}));
    BufferedImage image = PrefixPicture.draw(lengths, List.of(), 1, 1, decoded);
    int top = image.getHeight() - 3 * 68;
    int[][] expected = {{0xff000000, 0xff808080}, {0xff808080, 0xffffffff}, {-1, 0xff000000}};
    for (int row = 0; row < 3; row++) {
      for (int column = 0; column < 2; column++) {
        assertThat(image.getRGB(4 + 68 * column, top + 68 * row)).isEqualTo(expected[row][column]);
      }
    }
  }

  @Test
  void aSampleWithoutAnImageForEachLengthIsNamed() {
    List<List<float[]>> decoded =
        List.of(List.of(new float[1], new float[1]), List.of(new float[1]));
    assertThatThrownBy(() -> PrefixPicture.draw(new int[] {1, 3}, List.of(), 1, 1, decoded))
        .hasMessageContaining("Sample 1 has 1 images for 2 prefix lengths");
  }
}
