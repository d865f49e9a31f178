package org.basisar.bar.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.basisar.bar.basis.BasisStart;
import org.junit.jupiter.api.Test;

/** Energy and prefix errors against each other: for an orthogonal basis they add up to one. */
final class BasisMetricsTest {
  private static final int TOKENS = 9;
  private static final int DIMENSION = 3;
  private static final int IMAGES = 5;

  private static double[] images() {
    SplittableRandom random = new SplittableRandom(11);
    double[] images = new double[IMAGES * TOKENS * DIMENSION];
    Arrays.setAll(images, _ -> random.nextGaussian());
    return images;
  }

  private static double[] transform(double[] basis, double[] images) {
    double[] coefficients = new double[images.length];
    for (int image = 0; image < IMAGES; image++) {
      for (int k = 0; k < TOKENS; k++) {
        for (int n = 0; n < TOKENS; n++) {
          for (int c = 0; c < DIMENSION; c++) {
            coefficients[(image * TOKENS + k) * DIMENSION + c] +=
                basis[k * TOKENS + n] * images[(image * TOKENS + n) * DIMENSION + c];
          }
        }
      }
    }
    return coefficients;
  }

  @Test
  void whatAPrefixLeavesIsTheEnergyBehindIt() {
    double[] basis = BasisStart.orthogonal(TOKENS, 3);
    double[] images = images();
    double[] energy = BasisMetrics.energyCompaction(transform(basis, images), TOKENS, DIMENSION);
    double[] errors = BasisMetrics.prefixErrors(basis, images, TOKENS, DIMENSION);
    for (int k = 0; k < TOKENS; k++) {
      assertThat(errors[k]).isCloseTo(1 - energy[k], within(1e-12));
    }
    assertThat(energy[TOKENS - 1]).isCloseTo(1, within(1e-12));
  }

  @Test
  void aScaledBasisDoesNotReconstruct() {
    double[] basis = BasisStart.orthogonal(TOKENS, 3);
    double[] half = Arrays.stream(basis).map(value -> 0.5 * value).toArray();
    double[] errors = BasisMetrics.prefixErrors(half, images(), TOKENS, DIMENSION);
    assertThat(errors[TOKENS - 1]).isCloseTo(0.75 * 0.75, within(1e-12));
  }
}
