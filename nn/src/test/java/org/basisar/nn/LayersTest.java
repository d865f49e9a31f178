package org.basisar.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.basisar.tensor.DType;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers one by one, in fp64, against their formulas. */
@ExtendWith(OpenScope.class)
class LayersTest {
  private final Setup setup = Samples.setup(DType.F64, 1);

  private static double silu(double x) {
    return x / (1 + Math.exp(-x));
  }

  /** x·Φ(x), with the error function by its power series. */
  private static double gelu(double x) {
    double z = x / Math.sqrt(2);
    double term = z;
    double erf = 0;
    for (int n = 0; n < 80; n++) {
      erf += term / (2 * n + 1);
      term *= -z * z / (n + 1);
    }
    return 0.5 * x * (1 + 2 / Math.sqrt(Math.PI) * erf);
  }

  @Test
  void rotaryTableHasItsCheckValues() {
    // Position 73 of the 16×16 grid in 2×2 cells: row 1, column 9.
    try (RotaryTable table = new RotaryTable(DType.F64, new int[] {5, 1}, new int[] {3, 9}, 16)) {
      double[] cosine = table.cosine(1, 1).toDoubles();
      double[] expected = {
        0.5403023059, 0.5403023059, 0.9950041653, 0.9950041653,
      };
      assertThat(Arrays.copyOf(cosine, 4)).containsExactly(expected, within(5e-11));
      assertThat(Arrays.copyOfRange(cosine, 8, 12))
          .containsExactly(
              new double[] {-0.9111302619, -0.9111302619, 0.6216099683, 0.6216099683},
              within(5e-11));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 8, 64, 80})
  void rotaryTableFollowsItsFormula(int headWidth) {
    int[] rows = {0, 1, 15, 31};
    int[] columns = {0, 31, 2, 7};
    try (RotaryTable table = new RotaryTable(DType.F64, rows, columns, headWidth)) {
      double[] cosine = table.cosine(0, 4).toDoubles();
      double[] sine = table.sine(0, 4).toDoubles();
      for (int t = 0; t < 4; t++) {
        for (int j = 0; j < headWidth / 4; j++) {
          double frequency = 1 / Math.pow(10000, 2.0 * j / (headWidth / 2.0));
          for (int twin = 0; twin < 2; twin++) {
            int row = t * headWidth + 2 * j + twin;
            int column = row + headWidth / 2;
            assertThat(cosine[row]).isCloseTo(Math.cos(rows[t] * frequency), within(1e-13));
            assertThat(sine[row]).isCloseTo(Math.sin(rows[t] * frequency), within(1e-13));
            assertThat(cosine[column]).isCloseTo(Math.cos(columns[t] * frequency), within(1e-13));
            assertThat(sine[column]).isCloseTo(Math.sin(columns[t] * frequency), within(1e-13));
          }
        }
      }
    }
  }

  @Test
  void rotaryTableNeedsWholeQuarters() {
    assertThatThrownBy(() -> new RotaryTable(DType.F64, new int[1], new int[1], 6))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("divisible by 4, is 6");
  }

  @Test
  void timesAreEmbeddedCosineFirst() {
    try (TimestepEmbedder embedder = new TimestepEmbedder(setup, 256)) {
      Samples.set(embedder, "mlp.0.weight", Samples.identity(256));
      Samples.set(embedder, "mlp.2.weight", Samples.identity(256));
      double[] times = {0, 1, 500, 1000, 999, 40};
      Tensor embedded = embedder.forward(Tensor.of(times, 2, 3));
      assertThat(embedded.shape().dims()).containsExactly(2, 3, 256);
      double[] values = embedded.toDoubles();
      for (int t = 0; t < times.length; t++) {
        for (int i = 0; i < 128; i++) {
          double angle = times[t] * Math.exp(-Math.log(10000) * i / 128);
          assertThat(values[t * 256 + i]).isCloseTo(silu(Math.cos(angle)), within(1e-11));
          assertThat(values[t * 256 + 128 + i]).isCloseTo(silu(Math.sin(angle)), within(1e-11));
        }
      }
    }
  }

  @Test
  void theGateIsTheExactGelu() {
    try (GatedMlp mlp = new GatedMlp(setup, 1, 1, 0)) {
      Samples.set(mlp, "fc1_g.weight", 1);
      Samples.set(mlp, "fc1_g.bias", 0.25);
      Samples.set(mlp, "fc1_x.weight", 2);
      Samples.set(mlp, "fc1_x.bias", -1);
      Samples.set(mlp, "fc2.weight", 3);
      Samples.set(mlp, "fc2.bias", 0.5);
      double[] inputs = {-3, -1.5, -0.3, 0, 0.7, 2.2, 3};
      double[] outputs = mlp.forward(Tensor.of(inputs, 7, 1)).toDoubles();
      for (int i = 0; i < inputs.length; i++) {
        double expected = 3 * gelu(inputs[i] + 0.25) * (2 * inputs[i] - 1) + 0.5;
        assertThat(outputs[i]).isCloseTo(expected, within(1e-12));
      }
    }
  }

  @Test
  void linearMultipliesByTheTransposedWeight() {
    try (Linear linear = new Linear(setup, 3, 2);
        Linear bare = new Linear(setup, 3, 2, false)) {
      Samples.set(linear, "weight", 1, 2, 3, 4, 5, 6);
      Samples.set(linear, "bias", 10, 20);
      Samples.set(bare, "weight", 1, 2, 3, 4, 5, 6);
      Tensor x = Tensor.of(new double[] {1, 0, -1, 0.5, 0.5, 0.5}, 1, 2, 3);
      assertThat(linear.forward(x).toDoubles()).containsExactly(8, 18, 13, 27.5);
      assertThat(bare.forward(x).toDoubles()).containsExactly(-2, -2, 3, 7.5);
      assertThat(linear.forward(x).shape().dims()).containsExactly(1, 2, 2);
    }
  }

  @Test
  void normsDivideByTheirMeasures() {
    try (RmsNorm rms = new RmsNorm(setup, 2);
        LayerNorm layer = new LayerNorm(setup, 2, 1e-5)) {
      Samples.set(rms, "weight", 2, 3);
      Tensor x = Tensor.of(new double[] {3, 4, 0, 0}, 2, 2);
      double root = Math.sqrt(12.5 + 1e-6);
      assertThat(rms.forward(x).toDoubles())
          .containsExactly(new double[] {6 / root, 12 / root, 0, 0}, within(1e-14));
      Samples.set(layer, "weight", 2, 3);
      Samples.set(layer, "bias", 0.5, -0.5);
      double deviation = Math.sqrt(0.25 + 1e-5);
      assertThat(layer.forward(x).toDoubles())
          .containsExactly(
              new double[] {0.5 - 1 / deviation, -0.5 + 1.5 / deviation, 0.5, -0.5}, within(1e-14));
    }
  }

  @Test
  void embeddingsAreRowsOfTheTable() {
    try (Embedding table = new Embedding(setup, 3, 2)) {
      Samples.set(table, "weight", 1, 2, 3, 4, 5, 6);
      Tensor rows = table.forward(Tensor.of(new int[] {2, 0, 2, 1}, 2, 2));
      assertThat(rows.shape().dims()).containsExactly(2, 2, 2);
      assertThat(rows.toDoubles()).containsExactly(5, 6, 1, 2, 5, 6, 3, 4);
    }
  }

  @Test
  void dropoutActsOnlyInTraining() {
    try (Dropout dropout = new Dropout(setup, 0.25)) {
      double[] ones = new double[10_007];
      Arrays.fill(ones, 1);
      Tensor x = Tensor.of(ones, 10_007);
      assertThat(dropout.forward(x)).isSameAs(x);
      dropout.training(true);
      double[] first = dropout.forward(x).toDoubles();
      double[] second = dropout.forward(x).toDoubles();
      assertThat(first).containsOnly(0, 1 / 0.75);
      assertThat(second).isNotEqualTo(first);
      double kept = Arrays.stream(first).filter(v -> v > 0).count() / 10_007.0;
      assertThat(kept).isCloseTo(0.75, within(0.02));
      setup.training().seek(0);
      assertThat(dropout.forward(x).toDoubles()).isEqualTo(first);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, Double.NaN})
  void dropoutRefusesOtherRates(double rate) {
    assertThatThrownBy(() -> new Dropout(setup, rate))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be in [0, 1)");
  }
}
