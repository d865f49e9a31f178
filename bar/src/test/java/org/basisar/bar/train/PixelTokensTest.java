package org.basisar.bar.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PixelTokensTest {
  @Property
  void tokensBecomeTheSameImage(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 3) int cellsPerSide,
      @ForAll @IntRange(min = 1, max = 3) int cellSide,
      @ForAll @IntRange(min = 1, max = 4) int patch,
      @ForAll @IntRange(min = 1, max = 3) int channels,
      @ForAll @IntRange(min = 0, max = 7) int offset) {
    int side = cellsPerSide * cellSide * patch;
    PixelTokens tokens = new PixelTokens(side, channels, patch, cellsPerSide, 1.75);
    assertThat(tokens.size()).isEqualTo(side * side * channels);
    assertThat(tokens.order().tokens() * tokens.dimension()).isEqualTo(tokens.size());
    SplittableRandom random = new SplittableRandom(seed);
    float[] image = new float[tokens.size()];
    for (int i = 0; i < image.length; i++) {
      image[i] = (float) (2 * random.nextDouble() - 1);
    }
    float[] sequence = new float[offset + tokens.size()];
    tokens.toTokens(image, sequence, offset);
    double[] wide = new double[sequence.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = sequence[i];
    }
    assertThat(tokens.toImage(wide, offset)).containsExactly(image, within(1e-6f));
  }

  /** A 4×4 image of pixels that are their own row-major numbers, in patches of 1 and 2×2 cells. */
  @Test
  void tokensFollowCellByCell() {
    PixelTokens tokens = new PixelTokens(4, 1, 1, 2, 1);
    float[] sequence = new float[16];
    tokens.toTokens(numbered(16), sequence, 0);
    assertThat(sequence).containsExactly(0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15);
  }

  @Test
  void aTokenHoldsChannelAfterChannelRowAfterRow() {
    PixelTokens tokens = new PixelTokens(4, 2, 2, 2, 10);
    float[] sequence = new float[32];
    tokens.toTokens(numbered(32), sequence, 0);
    assertThat(tokens.dimension()).isEqualTo(8);
    assertThat(sequence)
        .startsWith(0, 10, 40, 50, 160, 170, 200, 210)
        .endsWith(100, 110, 140, 150, 260, 270, 300, 310);
  }

  private static float[] numbered(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i;
    }
    return values;
  }

  @Test
  void patchesMustTileTheImage() {
    assertThatThrownBy(() -> new PixelTokens(8, 3, 3, 2, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "patches of 3 pixels do not tile images of 8 pixels; choose a divisor of the side");
  }
}
