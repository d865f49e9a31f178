package org.basisar.bar.xar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.basisar.nn.Setup;
import org.basisar.tensor.DType;
import org.basisar.tensor.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guidance of the cell that the public code does not guide. */
final class FirstGuidanceTest {
  private static final int[] LABELS = {2, 0, 1};
  private static final int FIRST_CELL = 3 * 4; // numbers of an image's first cell

  private static double[] sample(int cellsPerSide, double first, double last) {
    XarConfig config = new XarConfig(4, cellsPerSide, 3, 8, 2, 1, 21, 5, 0);
    try (Random random = new Random(6);
        XarModel model = new XarModel(new Setup(DType.F64, random, random), config)) {
      ReferenceNumbers.fill(model.parameters());
      SamplerSettings settings = new SamplerSettings(SamplerSettings.Method.EULER, 1, last, first);
      try (XarSampler sampler = new XarSampler(model, settings, LABELS.length)) {
        return sampler.sample(LABELS, SamplerNoise.ofImages(3, 0, LABELS.length, 1), () -> {});
      }
    }
  }

  /** One step is linear in the velocity, which is linear in the scale. */
  @Test
  void theFirstCellMovesEvenlyWithItsScale() {
    double[] one = sample(2, 1, 1);
    double[] two = sample(2, 2, 1);
    double[] three = sample(2, 3, 1);
    int size = one.length / LABELS.length;
    for (int image = 0; image < LABELS.length; image++) {
      double moved = 0;
      for (int i = image * size; i < image * size + FIRST_CELL; i++) {
        assertThat(three[i] - two[i]).isCloseTo(two[i] - one[i], within(1e-10));
        moved += Math.abs(two[i] - one[i]);
      }
      assertThat(moved).isGreaterThan(1e-3);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {2, 3})
  void aSingleCellIsGuidedByTheFullScale(double scale) {
    assertThat(sample(1, 1, scale)).isNotEqualTo(sample(1, 1, 1));
    assertThat(sample(1, 5, scale)).isEqualTo(sample(1, 1, scale));
  }
}
