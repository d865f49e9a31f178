package org.basisar.bar.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.basisar.tensor.LinearAlgebra;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The formulas on a grid of 16 against numbers computed from the methods' public code. */
class FormulasTest {
  private static final double EXACT = 6e-9; // the numbers have eight places

  @ParameterizedTest
  @CsvSource({
    "3, 0-6 5-11 10-16",
    "5, 0-4 3-7 6-10 9-13 12-16",
    "6, 0-3 2-6 5-8 8-11 10-14 13-16",
    "10, 0-2 1-4 3-5 4-7 6-8 8-10 9-12 11-13 12-15 14-16",
    "13, 0-2 1-3 2-4 3-5 4-7 6-8 7-9 8-10 9-12 11-13 12-14 13-15 14-16"
  })
  void binsOfAreaPooling(int p, String bins) {
    double[] expected = new double[p * 16];
    int u = 0;
    for (String bin : bins.split(" ", -1)) {
      String[] ends = bin.split("-", -1);
      int from = Integer.parseInt(ends[0]);
      int to = Integer.parseInt(ends[1]);
      Arrays.fill(expected, u * 16 + from, u * 16 + to, 1.0 / (to - from));
      u++;
    }
    assertThat(Resampling.down(16, p)).containsExactly(expected, within(1e-15));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 13, 15, 16})
  void enlargingKeepsAConstant(int p) {
    double[] up = Resampling.up(16, p);
    for (int i = 0; i < 16; i++) {
      assertThat(Arrays.stream(up, i * p, (i + 1) * p).sum()).isCloseTo(1, within(1e-14));
    }
  }

  @Test
  void weightsOfBicubicInterpolation() {
    double[] two = Resampling.up(16, 2);
    assertThat(new double[] {two[0], two[2], two[4], two[6]})
        .containsExactly(
            new double[] {1.10382080, 1.11077881, 1.09283447, 1.04119873}, within(EXACT));
    assertThat(Arrays.copyOfRange(Resampling.up(16, 13), 5 * 13 + 2, 5 * 13 + 6))
        .containsExactly(
            new double[] {-0.00070953, 0.02486420, 0.99784088, -0.02199554}, within(EXACT));
  }

  @Test
  void frequencyLevels() {
    double[] four = Resampling.level(16, 4);
    assertThat(four[0]).isCloseTo(0.07698728, within(EXACT));
    assertThat(four[119 * 257]).isCloseTo(0.03511049, within(EXACT));
    double[] eight = Resampling.level(16, 8);
    double trace = 0;
    for (int i = 0; i < 256; i++) {
      trace += eight[i * 257];
    }
    assertThat(trace).isCloseTo(51.15602112, within(EXACT));
    assertThat(Resampling.level(16, 1)).containsOnly(1.0 / 256);
    double[] twice = Matrices.product(eight, eight, 256);
    double greatest = 0;
    for (int i = 0; i < twice.length; i++) {
      greatest = Math.max(greatest, Math.abs(twice[i] - eight[i]));
    }
    assertThat(greatest).isCloseTo(0.041, within(5e-4));
  }

  @Test
  void scalesOfVar() {
    Transform pooled = Transforms.of(TransformKind.VAR, 16, 2, 1);
    assertThat(pooled.levels()).containsExactly(1, 4, 9, 16, 25, 36, 64, 100, 169, 256);
    assertThat(pooled.rows()).isEqualTo(680);
    try (Scope _ = Scope.open()) {
      double[] singular =
          LinearAlgebra.svd(Tensor.of(pooled.matrix(), 680, 256)).singularValues().toDoubles();
      assertThat(singular[0] / singular[255]).isCloseTo(1.67, within(5e-3));
    }
    double[] lastRows = Arrays.copyOfRange(pooled.matrix(), 424 * 256, 680 * 256);
    assertThat(lastRows).isEqualTo(Matrices.identity(256));
    assertThat(Pyramids.scales(8)).containsExactly(1, 2, 3, 4, 5, 7, 8);
  }

  @Test
  void residualsOfVarSumToTheTokens() {
    double[] residual = Pyramids.residual(16);
    double[] sum = new double[256 * 256];
    int row = 0;
    for (int p : Pyramids.scales(16)) {
      double[] z = Arrays.copyOfRange(residual, row * 256, (row + p * p) * 256);
      double[] shown = Matrices.product(Resampling.upBoth(16, p), z, p * p);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += shown[i];
      }
      row += p * p;
    }
    assertThat(row).isEqualTo(680);
    assertThat(sum).containsExactly(Matrices.identity(256), within(1e-13));
  }

  @Test
  void orthonormalVarSpansThePoolingSpaces() {
    Transform square = Transforms.of(TransformKind.VAR_SQUARE, 16, 2, 1);
    assertThat(square.levels()).containsExactly(1, 3, 9, 12, 21, 35, 35, 80, 48, 12);
    int rows = 0;
    int[] scales = Pyramids.scales(16);
    for (int k = 0; k < scales.length; k++) {
      rows += square.levels()[k];
      assertSpans(square.matrix(), rows, Resampling.downBoth(16, scales[k]));
    }
  }

  @Test
  void theQuadTreeSpansTheDyadicPoolingSpaces() {
    Transform haar = Transforms.of(TransformKind.FRACTAL, 16, 2, 1);
    assertThat(haar.levels()).containsExactly(1, 3, 12, 48, 192);
    for (int p : new int[] {1, 2, 4, 8, 16}) {
      assertSpans(haar.matrix(), p * p, Resampling.downBoth(16, p));
    }
    // Signs of the first level on the four quadrants.
    double[] m = haar.matrix();
    int[] quadrants = {0, 15, 240, 255};
    double s = 1.0 / 16;
    assertThat(Arrays.stream(quadrants).mapToDouble(t -> m[256 + t])).containsExactly(s, -s, s, -s);
    assertThat(Arrays.stream(quadrants).mapToDouble(t -> m[512 + t])).containsExactly(s, s, -s, -s);
    assertThat(Arrays.stream(quadrants).mapToDouble(t -> m[768 + t])).containsExactly(s, -s, -s, s);
  }

  /** The first rows, orthonormal, reproduce every row of {@code others} [n, 256]. */
  private static void assertSpans(double[] orthonormal, int rows, double[] others) {
    double[] basis = Arrays.copyOf(orthonormal, rows * 256);
    int count = others.length / 256;
    double[] transposed = new double[basis.length];
    for (int k = 0; k < rows; k++) {
      for (int t = 0; t < 256; t++) {
        transposed[t * rows + k] = basis[k * 256 + t];
      }
    }
    double[] coefficients = Matrices.product(others, transposed, 256); // [count, rows]
    assertThat(coefficients).hasSize(count * rows);
    assertThat(Matrices.product(coefficients, basis, rows)).containsExactly(others, within(1e-9));
  }

  @Test
  void cosinesByRisingFrequency() {
    double[] m = OrthogonalForms.cosines(16);
    assertThat(m[0]).isCloseTo(0.0625, within(1e-15));
    assertThat(Arrays.copyOfRange(m, 256, 259))
        .containsExactly(new double[] {0.08796273, 0.08458238, 0.07795156}, within(EXACT));
    assertThat(Transforms.of(TransformKind.FAR, 16, 2, 1).orthogonal()).isTrue();
    // Row 4 is frequency (0, 2): the same in every row of the grid, not in every column.
    assertThat(m[4 * 256 + 16]).isEqualTo(m[4 * 256]);
    assertThat(m[4 * 256 + 1]).isNotEqualTo(m[4 * 256]);
  }

  @Test
  void fractalBlocks() {
    double[] m = Pyramids.fractal(16);
    assertThat(m).hasSize(272 * 256);
    assertThat(Arrays.stream(m, 0, 256).filter(v -> v == 1.0 / 16).count()).isEqualTo(16);
    assertThat(m[(16 + 4) * 256 + 16]).isEqualTo(1); // fifth token of the first block
  }

  @Test
  void annealing() {
    Annealing annealing = new Annealing(250_000);
    assertThat(annealing.probability(0)).isEqualTo(1);
    assertThat(annealing.probability(125_000)).isEqualTo(1);
    assertThat(annealing.probability(156_250)).isEqualTo(0.5);
    assertThat(annealing.probability(187_500)).isEqualTo(0);
    assertThat(annealing.probability(250_000)).isEqualTo(0);
    assertThat(annealing.order(256, 200_000, 1)).isSorted();
    int[] order = annealing.order(256, 17, 1);
    assertThat(order).doesNotHaveDuplicates().hasSize(256).contains(0, 255);
    assertThat(order).isEqualTo(annealing.order(256, 17, 1));
    assertThat(order).isNotEqualTo(annealing.order(256, 18, 1));
    int shuffled = 0;
    for (int i = 0; i < 1000; i++) {
      shuffled += annealing.order(33, 156_250, i)[0] != 0 ? 1 : 0;
    }
    assertThat(shuffled).isBetween(400, 570);
  }
}
