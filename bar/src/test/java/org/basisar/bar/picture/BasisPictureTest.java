package org.basisar.bar.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BasisPictureTest {
  /** A cycle, so that using the map the wrong way round shows. */
  private static final int[] CYCLE = {1, 2, 3, 0};

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 31, 33, 64})
  void ofFewAllAreChosen(int count) {
    int[] chosen = BasisPicture.choose(count);
    assertThat(chosen).hasSize(count);
    for (int k = 0; k < count; k++) {
      assertThat(chosen[k]).isEqualTo(k);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {65, 113, 256, 1023, 1024})
  void ofManyTheFirstEightAndTheLastAreAmongThirtyTwo(int count) {
    int[] chosen = BasisPicture.choose(count);
    assertThat(chosen).hasSize(32).startsWith(0, 1, 2, 3, 4, 5, 6, 7).endsWith(count - 1);
    for (int i = 1; i < chosen.length; i++) {
      assertThat(chosen[i]).isGreaterThan(chosen[i - 1]);
    }
  }

  @Test
  void aWeightIsDrawnWhereItsTokenLies() {
    double[] identity = new double[16];
    for (int k = 0; k < 4; k++) {
      identity[5 * k] = 1;
    }
    BasisPicture picture = BasisPicture.of(4, identity);
    for (int k = 0; k < 4; k++) {
      BufferedImage image = picture.heatMaps(new int[] {k}, CYCLE, 2, Shading.DARKER_IS_HIGHER);
      int[] quarters = quarters(image);
      for (int place = 0; place < 4; place++) {
        assertThat(quarters[place])
            .isEqualTo(ColourRamp.DARKER_IS_HIGHER.at(place == CYCLE[k] ? 1 : 0));
      }
    }
  }

  @Test
  void divergingColoursAreAroundZero() {
    BufferedImage image =
        BasisPicture.of(4, new double[] {0, 2, -1, -2})
            .heatMaps(new int[] {0}, new int[] {0, 1, 2, 3}, 2, Shading.DIVERGING);
    assertThat(quarters(image))
        .containsExactly(
            ColourRamp.DIVERGING.at(0.5),
            ColourRamp.DIVERGING.at(1),
            ColourRamp.DIVERGING.at(0.25),
            ColourRamp.DIVERGING.at(0));
  }

  @Test
  void noiseOnAConstantVectorStaysFaint() {
    double[] constant = {0.5, 0.5 + 1e-7, 0.5 - 1e-7, 0.5};
    int[] quarters =
        quarters(
            BasisPicture.of(4, constant)
                .heatMaps(new int[] {0}, CYCLE, 2, Shading.DARKER_IS_HIGHER));
    assertThat(quarters).containsOnly(ColourRamp.DARKER_IS_HIGHER.at(0.5));
  }

  /** 64 weights: 31 of 0.1, 32 of 0.3 and a single one of 3; or all but that one zero. */
  @Test
  void whatIsBehindASingleLargeWeightIsSeen() {
    double[] vector = new double[64];
    for (int t = 0; t < 64; t++) {
      vector[t] = t == 9 ? 3 : t < 32 ? 0.1 : 0.3;
    }
    int[] places = new int[64];
    Arrays.setAll(places, t -> t);
    assertThat(cells(vector, places, 0, 9, 63))
        .containsExactly(
            ColourRamp.DARKER_IS_HIGHER.at(0),
            ColourRamp.DARKER_IS_HIGHER.at(1),
            ColourRamp.DARKER_IS_HIGHER.at(1));
    double[] alone = new double[64];
    alone[9] = 3;
    assertThat(cells(alone, places, 0, 9, 63))
        .containsExactly(
            ColourRamp.DARKER_IS_HIGHER.at(0),
            ColourRamp.DARKER_IS_HIGHER.at(1),
            ColourRamp.DARKER_IS_HIGHER.at(0));
  }

  /** The colours of some of 64 cells, nine pixels wide each. */
  private static int[] cells(double[] vector, int[] places, int... wanted) {
    BufferedImage image =
        BasisPicture.of(64, vector).heatMaps(new int[] {0}, places, 8, Shading.DARKER_IS_HIGHER);
    int top = image.getHeight() - 72 - 6;
    return Arrays.stream(wanted)
        .map(t -> image.getRGB(7 + t % 8 * 9 + 4, top + t / 8 * 9 + 4))
        .toArray();
  }

  @Test
  void aVectorOfZerosAndOneWithNaNCanBeDrawn() {
    BasisPicture picture = BasisPicture.of(4, new double[] {0, 0, 0, 0, Double.NaN, 1, 2, 3});
    for (Shading shading : Shading.values()) {
      assertThat(quarters(picture.heatMaps(new int[] {0}, CYCLE, 2, shading)))
          .doesNotContain(0xffff00ff);
      assertThat(quarters(picture.heatMaps(new int[] {1}, CYCLE, 2, shading))[CYCLE[0]])
          .isEqualTo(0xffff00ff);
    }
  }

  @Test
  void placesWithoutATokenStayTransparent() {
    BufferedImage image =
        BasisPicture.of(3, new double[] {1, 2, 3})
            .heatMaps(new int[] {0}, new int[] {3, 0, 2}, 2, Shading.DARKER_IS_HIGHER);
    assertThat(quarters(image)[1]).isZero();
  }

  @Test
  void floatsAndRowsGiveTheSamePicture() {
    double[][] rows = {{1, -0.5}, {0.25, 2}};
    byte[] expected = PngWriter.encode(BasisPicture.of(rows).matrix());
    assertThat(PngWriter.encode(BasisPicture.of(2, new float[] {1, -0.5f, 0.25f, 2}).matrix()))
        .isEqualTo(expected);
    assertThat(PngWriter.encode(BasisPicture.of(2, new double[] {1, -0.5, 0.25, 2}).matrix()))
        .isEqualTo(expected);
  }

  @Test
  void theMatrixIsDrawnWithItsFirstRowOnTop() {
    BufferedImage image = BasisPicture.of(2, new double[] {2, 0, 0, -2}).matrix();
    assertThat(image.getRGB(6 + 10, 6 + 10)).isEqualTo(ColourRamp.DIVERGING.at(1));
    assertThat(image.getRGB(6 + 300, 6 + 10)).isEqualTo(ColourRamp.DIVERGING.at(0.5));
    assertThat(image.getRGB(6 + 300, 6 + 300)).isEqualTo(ColourRamp.DIVERGING.at(0));
  }

  @Test
  void theOrthogonalityErrorIsTheFrobeniusNorm() {
    assertThat(BasisPicture.of(2, new double[] {0.6, -0.8, 0.8, 0.6}).orthogonalityError())
        .isCloseTo(0, within(1e-15));
    // AAᵀ − I = [[3, 2], [2, 0]] for rows (2, 0) and (1, 0).
    assertThat(BasisPicture.of(2, new double[] {2, 0, 1, 0}).orthogonalityError())
        .isCloseTo(Math.sqrt(17), within(1e-12));
  }

  @Test
  void aBasisWithMoreRowsThanTokensIsDrawnToo() {
    double[] pooled = new Random(7).doubles(113 * 33L).toArray();
    BasisPicture picture = BasisPicture.of(33, pooled);
    assertThat(picture.rows()).isEqualTo(113);
    int[] places = new int[33];
    Arrays.setAll(places, t -> t);
    assertThat(
            picture
                .heatMaps(BasisPicture.choose(113), places, 6, Shading.DARKER_IS_HIGHER)
                .getHeight())
        .isGreaterThan(4 * 72);
    assertThat(picture.deviation().getHeight()).isEqualTo(113 * 3 + 12);
  }

  @Test
  void whatCannotBeDrawnIsNamed() {
    BasisPicture picture = BasisPicture.of(2, new double[] {1, 0, 0, 1});
    int[] places = {0, 1};
    assertThatThrownBy(() -> BasisPicture.of(3, new double[4])).hasMessageContaining("4 values");
    assertThatThrownBy(() -> BasisPicture.of(new double[0][])).hasMessageContaining("0 values");
    assertThatThrownBy(() -> BasisPicture.of(new double[][] {{1, 2}, {3}}))
        .hasMessageContaining("rows of 2 and of 1");
    assertThatThrownBy(() -> picture.heatMaps(new int[] {2}, places, 2, Shading.DARKER_IS_HIGHER))
        .hasMessageContaining("no basis vector 2");
    assertThatThrownBy(() -> picture.heatMaps(new int[0], places, 2, Shading.DARKER_IS_HIGHER))
        .hasMessageContaining("chosen");
    assertThatThrownBy(
            () -> picture.heatMaps(new int[] {0}, new int[] {0, 4}, 2, Shading.DARKER_IS_HIGHER))
        .hasMessageContaining("place 4");
    assertThatThrownBy(
            () -> picture.heatMaps(new int[] {0}, new int[] {0}, 2, Shading.DARKER_IS_HIGHER))
        .hasMessageContaining("1 places");
  }

  /** The colours in the middle of the four quarters of the only heat map, which is 72 wide. */
  private static int[] quarters(BufferedImage image) {
    int left = 7;
    int top = image.getHeight() - 72 - 6;
    return new int[] {
      image.getRGB(left + 18, top + 18),
      image.getRGB(left + 54, top + 18),
      image.getRGB(left + 18, top + 54),
      image.getRGB(left + 54, top + 54)
    };
  }
}
