package org.basisar.bar.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Distances between sets of features against closed forms and direct counting. */
final class DistancesTest {
  private static Features normal(int count, int width, double shift, double scale, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] values = new double[count * width];
    Arrays.setAll(values, _ -> shift + scale * random.nextGaussian());
    return new Features(count, width, values);
  }

  @Test
  void frechetOfDiagonalGaussiansIsTheClosedForm() {
    double[] first = {1, 0, 0, 0, 4, 0, 0, 0, 9};
    double[] second = {4, 0, 0, 0, 1, 0, 0, 0, 0};
    double distance =
        FrechetDistance.between(
            new FrechetDistance.Gaussian(new double[] {0, 1, 2}, first),
            new FrechetDistance.Gaussian(new double[] {3, 1, 0}, second));
    // 9 + 0 + 4 and (1−2)² + (2−1)² + (3−0)².
    assertThat(distance).isCloseTo(13 + 1 + 1 + 9, within(1e-10));
  }

  @Test
  void frechetIsTheSameInRotatedCoordinates() {
    Features left = normal(60, 5, 0.3, 1.2, 1);
    Features right = normal(80, 5, -0.1, 0.7, 2);
    double angle = 0.7;
    double expected = FrechetDistance.between(left, right);
    assertThat(FrechetDistance.between(turn(left, angle), turn(right, angle)))
        .isCloseTo(expected, within(1e-9 * expected));
    assertThat(FrechetDistance.between(right, left)).isCloseTo(expected, within(1e-9 * expected));
    assertThat(FrechetDistance.between(left, left)).isCloseTo(0, within(1e-9));
  }

  private static Features turn(Features features, double angle) {
    double[] turned = features.values().clone();
    for (int row = 0; row < features.count(); row++) {
      double x = features.at(row, 0);
      double y = features.at(row, 3);
      turned[row * features.width()] = Math.cos(angle) * x - Math.sin(angle) * y;
      turned[row * features.width() + 3] = Math.sin(angle) * x + Math.cos(angle) * y;
    }
    return new Features(features.count(), features.width(), turned);
  }

  @Test
  void covarianceIsUnbiased() {
    FrechetDistance.Gaussian fit =
        FrechetDistance.Gaussian.of(new Features(3, 2, new double[] {1, 2, 3, 2, 5, 8}));
    assertThat(fit.mean()).containsExactly(new double[] {3, 4}, within(1e-12));
    assertThat(fit.covariance()).containsExactly(new double[] {4, 6, 6, 12}, within(1e-12));
  }

  @Test
  void kernelDistanceOfTwoPointsEachIsWhatTheFormulaSays() {
    Features left = new Features(2, 1, new double[] {1, 2});
    Features right = new Features(2, 1, new double[] {0, -1});
    // k(x,y) = (xy + 1)³: within 27 and 1; across 1, 0, 1, −1.
    assertThat(KernelDistance.between(left, right)).isCloseTo(27 + 1 - 2 * 0.25, within(1e-12));
  }

  @Test
  void kernelDistanceIsUnbiasedForEqualDistributions() {
    double mean = 0;
    int repeats = 40;
    for (int i = 0; i < repeats; i++) {
      mean +=
          KernelDistance.between(normal(30, 4, 0, 1, 100 + i), normal(30, 4, 0, 1, 900 + i))
              / repeats;
    }
    double apart = KernelDistance.between(normal(30, 4, 0, 1, 3), normal(30, 4, 1, 1, 4));
    assertThat(Math.abs(mean)).isLessThan(apart / 10);
  }

  @Test
  void precisionAndRecallCountBalls() {
    Features real = new Features(5, 1, new double[] {0, 1, 2, 3, 4});
    Features generated = new Features(4, 1, new double[] {0.5, 1.5, 100, 101});
    PrecisionRecall both = PrecisionRecall.of(real, generated);
    // Real balls reach 3, 2, 2, 2, 3 to either side; the generated ones 100.5, 99.5, 99.5, 100.5.
    assertThat(both.precision()).isEqualTo(0.5);
    assertThat(both.recall()).isEqualTo(1.0);
  }

  @Test
  void aSetCoversItself() {
    Features set = normal(50, 3, 0, 1, 7);
    assertThat(PrecisionRecall.of(set, set)).isEqualTo(new PrecisionRecall(1, 1));
    assertThat(PrecisionRecall.of(set, normal(50, 3, 50, 1, 8)))
        .isEqualTo(new PrecisionRecall(0, 0));
  }

  @Test
  void setsThatCannotBeComparedAreRefused() {
    assertThatThrownBy(() -> FrechetDistance.between(normal(4, 2, 0, 1, 1), normal(4, 3, 0, 1, 1)))
        .hasMessage("features of widths 2 and 3 cannot be compared");
    assertThatThrownBy(() -> PrecisionRecall.of(normal(3, 2, 0, 1, 1), normal(9, 2, 0, 1, 1)))
        .hasMessageContaining("more than 3 images");
  }
}
