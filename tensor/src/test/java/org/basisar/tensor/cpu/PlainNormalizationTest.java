package org.basisar.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PlainNormalizationTest {
  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static void assertClose(Tensor actual, double... expected) {
    double[] values = actual.toDoubles();
    assertThat(values).hasSameSizeAs(expected);
    for (int i = 0; i < values.length; i++) {
      assertThat(values[i]).as("element " + i).isCloseTo(expected[i], within(1e-14));
    }
  }

  @Test
  void rootMeanSquare() {
    // Mean square 1 + 49 over 2 is 25.
    Tensor x = Tensor.of(new double[] {1, 7, -7, 1}, 2, 2);
    Tensor weight = Tensor.of(new double[] {10, 100}, 2);
    assertClose(Ops.rmsNorm(x, null, 0), 0.2, 1.4, -1.4, 0.2);
    assertClose(Ops.rmsNorm(x, weight, 0), 2, 140, -14, 20);
    // 25 + 11 is 36.
    assertClose(Ops.rmsNorm(x, null, 11), 1 / 6.0, 7 / 6.0, -7 / 6.0, 1 / 6.0);
  }

  @Test
  void modulationServesRunsOfTokens() {
    Tensor x = Tensor.of(new double[] {1, 7, 7, 1, 1, 7, 7, 1}, 1, 4, 2);
    Tensor scale = Tensor.of(new double[] {0, 1, -1, 4}, 1, 2, 2);
    Tensor shift = Tensor.of(new double[] {0, 0, 10, 20}, 1, 2, 2);
    assertClose(Ops.rmsNormModulate(x, scale, shift, 0), 0.2, 2.8, 1.4, 0.4, 10, 27, 10, 21);
  }

  @Test
  void layerNorm() {
    // Mean 4, variance 9.
    Tensor x = Tensor.of(new double[] {1, 7}, 1, 2);
    Tensor weight = Tensor.of(new double[] {2, 3}, 2);
    Tensor bias = Tensor.of(new double[] {10, 20}, 2);
    assertClose(Ops.layerNorm(x, null, null, 0), -1, 1);
    assertClose(Ops.layerNorm(x, weight, bias, 0), 8, 23);
    assertClose(Ops.layerNorm(x, null, null, 16), -0.6, 0.6);
    // A common large offset costs nothing: the mean is taken out first.
    Tensor far = Tensor.of(new double[] {1e8 + 1, 1e8 + 7}, 1, 2);
    assertClose(Ops.layerNorm(far, null, null, 0), -1, 1);
  }

  @Test
  void softmax() {
    Tensor x =
        Tensor.of(new double[] {Math.log(1), Math.log(2), Math.log(5), 900, 900, -900}, 2, 3);
    assertClose(Ops.softmax(x), 0.125, 0.25, 0.625, 0.5, 0.5, 0);
  }
}
