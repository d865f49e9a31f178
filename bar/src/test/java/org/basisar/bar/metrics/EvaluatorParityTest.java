package org.basisar.bar.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.basisar.bar.metrics.FrechetDistance.Gaussian;
import org.basisar.tensor.LinearAlgebra;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Test;

/**
 * The figures against what NumPy 2.4 and SciPy computed of the same features by the evaluators'
 * formulas, and against a second algorithm.
 */
final class EvaluatorParityTest {
  private static final int WIDTH = 31;

  /** sin(a·(i+1)·(j+1) + b)·(1 + j/7) with j from {@code from} on. */
  private static Features waves(int count, int width, double a, double b, int from) {
    double[] values = new double[count * width];
    for (int i = 0; i < values.length; i++) {
      int column = i % width;
      values[i] = Math.sin(a * (i / width + 1) * (column + 1) + b) * (1 + (column + from) / 7.0);
    }
    return new Features(count, width, values);
  }

  @Test
  void frechetDistanceIsScipys() {
    Gaussian left = Gaussian.of(waves(97, 33, 0.7, 0.1, 0));
    Gaussian right = Gaussian.of(waves(113, 33, 1.3, 0.4, 0));
    double distance = 86.54572423465;
    assertThat(FrechetDistance.between(left, right)).isCloseTo(distance, within(1e-9 * distance));
    assertThat(FrechetDistance.between(right, left)).isCloseTo(distance, within(1e-9 * distance));
  }

  @Test
  void fewerImagesThanFeaturesAreNoTrouble() {
    Gaussian left = Gaussian.of(waves(12, 33, 0.7, 0.1, 0));
    Gaussian right = Gaussian.of(waves(20, 33, 1.3, 0.4, 0));
    double distance = 233.27518191359474;
    assertThat(FrechetDistance.between(left, right)).isCloseTo(distance, within(1e-6 * distance));
    assertThat(FrechetDistance.between(right, left)).isCloseTo(distance, within(1e-6 * distance));
    assertThat(FrechetDistance.between(left, left)).isCloseTo(0, within(1e-5));
  }

  /** A root of Σ₁Σ₂ itself, by Denman and Beavers' iteration in plain loops. */
  @Test
  void frechetDistanceIsThatOfAnIteratedRoot() {
    for (int d : new int[] {1, 2, 31}) {
      Gaussian left = random(d, 5 + d);
      Gaussian right = random(d, 50 + d);
      double expected = 0;
      double[][] product = new double[d][d];
      for (int i = 0; i < d; i++) {
        expected += Math.pow(left.mean()[i] - right.mean()[i], 2);
        expected += left.covariance()[i * d + i] + right.covariance()[i * d + i];
        for (int j = 0; j < d; j++) {
          for (int k = 0; k < d; k++) {
            product[i][j] += left.covariance()[i * d + k] * right.covariance()[k * d + j];
          }
        }
      }
      double[][] root = denmanBeavers(product);
      for (int i = 0; i < d; i++) {
        expected -= 2 * root[i][i];
      }
      assertThat(FrechetDistance.between(left, right))
          .as("%s features", d)
          .isCloseTo(expected, within(1e-9 * expected));
    }
  }

  private static Gaussian random(int d, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] values = new double[(3 * d + 5) * d];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextGaussian() * (1 + i % d) + i % d;
    }
    return Gaussian.of(new Features(3 * d + 5, d, values));
  }

  private static double[][] denmanBeavers(double[][] matrix) {
    int d = matrix.length;
    double[][] y = matrix;
    double[][] z = new double[d][d];
    for (int i = 0; i < d; i++) {
      z[i][i] = 1;
    }
    for (int step = 0; step < 60; step++) {
      double[][] nextY = mean(y, inverse(z));
      z = mean(z, inverse(y));
      y = nextY;
    }
    return y;
  }

  private static double[][] mean(double[][] left, double[][] right) {
    int d = left.length;
    double[][] mean = new double[d][d];
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        mean[i][j] = (left[i][j] + right[i][j]) / 2;
      }
    }
    return mean;
  }

  /** By Gauss and Jordan. */
  private static double[][] inverse(double[][] matrix) {
    int d = matrix.length;
    double[][] a = new double[d][2 * d];
    for (int i = 0; i < d; i++) {
      System.arraycopy(matrix[i], 0, a[i], 0, d);
      a[i][d + i] = 1;
    }
    for (int k = 0; k < d; k++) {
      int pivot = k;
      for (int i = k; i < d; i++) {
        pivot = Math.abs(a[i][k]) > Math.abs(a[pivot][k]) ? i : pivot;
      }
      double[] held = a[k];
      a[k] = a[pivot];
      a[pivot] = held;
      for (int i = 0; i < d; i++) {
        double factor = i == k ? 0 : a[i][k] / a[k][k];
        for (int j = 0; j < 2 * d && factor != 0; j++) {
          a[i][j] -= factor * a[k][j];
        }
      }
    }
    double[][] inverse = new double[d][d];
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        inverse[i][j] = a[i][d + j] / a[i][i];
      }
    }
    return inverse;
  }

  /** Σ₁ and Σ₂ with the same eigenvectors: the roots of the eigenvalues are all that counts. */
  @Test
  void frechetDistanceOfGaussiansInOneRotatedBasisIsTheClosedForm() {
    int d = 24;
    SplittableRandom random = new SplittableRandom(11);
    double[] values = new double[d * d];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextGaussian();
    }
    double[] basis;
    try (Scope _ = Scope.open()) {
      basis = LinearAlgebra.qr(Tensor.of(values, d, d)).q().toDoubles();
    }
    double[] first = new double[d * d];
    double[] second = new double[d * d];
    double[] mean = new double[d];
    double expected = 0;
    for (int k = 0; k < d; k++) {
      double big = Math.pow(10, k / 4.0 - 4);
      double small = k % 5 == 0 ? 0 : 3.0 / (k + 1);
      expected += Math.pow(Math.sqrt(big) - Math.sqrt(small), 2) + 0.25;
      mean[k] = 0.5;
      for (int i = 0; i < d; i++) {
        for (int j = 0; j < d; j++) {
          first[i * d + j] += big * basis[i * d + k] * basis[j * d + k];
          second[i * d + j] += small * basis[i * d + k] * basis[j * d + k];
        }
      }
    }
    Gaussian left = new Gaussian(new double[d], first);
    Gaussian right = new Gaussian(mean, second);
    assertThat(FrechetDistance.between(left, right)).isCloseTo(expected, within(1e-6 * expected));
    assertThat(FrechetDistance.between(right, left)).isCloseTo(expected, within(1e-6 * expected));
  }

  @Test
  void theFactorOfACovarianceMultipliesBackToIt() {
    Gaussian deficient = Gaussian.of(waves(7, 20, 0.7, 0.1, 0));
    SemidefiniteFactor factor = SemidefiniteFactor.of(deficient.covariance(), 20);
    assertThat(factor.rank()).isEqualTo(6);
    for (int i = 0; i < 20; i++) {
      for (int j = 0; j < 20; j++) {
        double sum = 0;
        for (int k = 0; k < factor.rank(); k++) {
          sum += factor.values()[i * factor.rank() + k] * factor.values()[j * factor.rank() + k];
        }
        assertThat(sum).isCloseTo(deficient.covariance()[i * 20 + j], within(1e-11));
      }
    }
    assertThat(SemidefiniteFactor.of(new double[9], 3).rank()).isZero();
  }

  @Test
  void permutationsAreNumpys() {
    MersenneTwister random = new MersenneTwister(2020);
    assertThat(random.permutation(10)).containsExactly(2, 4, 9, 1, 5, 7, 6, 3, 8, 0);
    assertThat(random.permutation(7)).containsExactly(4, 3, 1, 2, 5, 6, 0);
    assertThat(random.permutation(9)).startsWith(1, 8, 5, 4);
    int[] many = new MersenneTwister(2020).permutation(50_000);
    assertThat(many).startsWith(24397, 39273, 6546, 13504).endsWith(47734, 40259, 41824);
    assertThat(random.permutation(0)).isEmpty();
    assertThat(random.permutation(1)).containsExactly(0);
  }

  @Test
  void inceptionScoresAreNumpys() {
    Features logits = waves(113, WIDTH, 0.37, 0.2, 1);
    InceptionScore shuffled = InceptionScore.shuffled(logits, 10);
    assertThat(shuffled.mean()).isCloseTo(2.5917146089808987, within(1e-12));
    assertThat(shuffled.deviation()).isCloseTo(0.20105744178241822, within(1e-12));
    InceptionScore inOrder = InceptionScore.inOrder(logits, 50);
    assertThat(inOrder.mean()).isCloseTo(2.7501395802930357, within(1e-12));
    assertThat(inOrder.deviation()).isCloseTo(0.11014907745608507, within(1e-12));
    assertThatThrownBy(() -> InceptionScore.shuffled(logits, 114))
        .hasMessageContaining("needs at least as many images, not 113");
  }

  @Test
  void certainAndEvenlySpreadPredictionsScoreTheNumberOfClasses() {
    double[] logits = new double[40 * 4];
    for (int i = 0; i < 40; i++) {
      logits[i * 4 + i % 4] = 2000;
    }
    assertThat(InceptionScore.inOrder(new Features(40, 4, logits), 20).mean())
        .isCloseTo(4, within(1e-12));
    assertThat(InceptionScore.shuffled(new Features(40, 4, new double[160]), 5).mean())
        .isCloseTo(1, within(1e-12));
  }

  @Test
  void kernelDistancesOverSubsetsAreNumpys() {
    KernelDistance.Estimate estimate =
        KernelDistance.overSubsets(
            waves(113, WIDTH, 0.37, 0.2, 1), waves(150, WIDTH, 0.53, 0.7, 1), 7, 33);
    assertThat(estimate.mean()).isCloseTo(10.183012191795743, within(1e-9));
    assertThat(estimate.deviation()).isCloseTo(3.319355075125428, within(1e-9));
    Features few = waves(20, 3, 1, 1, 1);
    assertThatThrownBy(() -> KernelDistance.overSubsets(few, few, 1, 21))
        .hasMessageContaining("there are 20 and 20");
  }

  @Test
  void precisionAndRecallAreNumpysWhateverTheTiles() {
    Features real = waves(113, WIDTH, 0.37, 0.2, 1);
    Features generated = waves(150, WIDTH, 0.371, 0.25, 1);
    for (int i = 0; i < generated.values().length; i++) {
      generated.values()[i] *= 0.9;
    }
    assertThat(PrecisionRecall.of(real, generated))
        .isEqualTo(new PrecisionRecall(0.31333333333333335, 1));
  }

  @Test
  void precisionAndRecallOfMoreThanOneTileAreThoseOfDirectCounting() {
    int count = 4200; // more than a tile in both directions
    SplittableRandom random = new SplittableRandom(3);
    double[] left = new double[count * 2];
    double[] right = new double[count * 2];
    for (int i = 0; i < left.length; i++) {
      left[i] = random.nextInt(400);
      right[i] = random.nextInt(400) + 100;
    }
    Features real = new Features(count, 2, left);
    Features generated = new Features(count, 2, right);
    // Whole numbers below 2^24 are exact, so that not one point may be judged otherwise.
    assertThat(PrecisionRecall.of(real, generated))
        .isEqualTo(new PrecisionRecall(covered(generated, real), covered(real, generated)));
  }

  private static double covered(Features points, Features centres) {
    double[] radii = new double[centres.count()];
    double[] distances = new double[centres.count()];
    for (int i = 0; i < radii.length; i++) {
      for (int j = 0; j < radii.length; j++) {
        distances[j] = Features.squaredDistance(centres, i, centres, j);
      }
      Arrays.sort(distances);
      radii[i] = distances[3];
    }
    int covered = 0;
    for (int i = 0; i < points.count(); i++) {
      for (int j = 0; j < radii.length; j++) {
        if (Features.squaredDistance(points, i, centres, j) <= radii[j]) {
          covered++;
          break;
        }
      }
    }
    return (double) covered / points.count();
  }
}
