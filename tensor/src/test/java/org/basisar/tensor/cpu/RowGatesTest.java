package org.basisar.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RowGatesTest {
  private final Random random = new Random(10);

  @Test
  void geluGate() {
    for (int n : TestArrays.LENGTHS) {
      float[] gate = TestArrays.random(random, n + 1);
      float[] value = TestArrays.random(random, n + 2);
      float[] dy = TestArrays.random(random, n);
      for (int i = 0; i <= n; i++) {
        gate[i] *= 4;
      }
      double[] y = new double[n];
      double[] dgate = new double[n];
      double[] dvalue = new double[n];
      for (int i = 0; i < n; i++) {
        double g = gate[1 + i];
        double cdf = NormalDistribution.cumulative(g);
        y[i] = g * cdf * value[2 + i];
        dvalue[i] = g * cdf * dy[i];
        dgate[i] = (cdf + g * NormalDistribution.density(g)) * value[2 + i] * dy[i];
      }
      float[] actual = new float[n + 2];
      float[] actualDgate = new float[n + 2];
      float[] actualDvalue = new float[n + 2];
      RowGates.geluGate(gate, 1, value, 2, actual, 1, n);
      float[] bell = new float[n];
      float[] cdf = new float[n];
      RowGates.geluGateBackward(
          gate, 1, value, 2, dy, 0, actualDgate, 1, actualDvalue, 1, bell, cdf, n);
      TestArrays.assertClose("y", actual, 1, y, n, 5e-7);
      TestArrays.assertClose("dgate", actualDgate, 1, dgate, n, 5e-7);
      TestArrays.assertClose("dvalue", actualDvalue, 1, dvalue, n, 5e-7);
      assertThat(actual[0] + actual[n + 1] + actualDgate[0] + actualDvalue[n + 1]).isZero();
    }
  }

  @Test
  void gateResidualAndInterpolation() {
    for (int n : TestArrays.LENGTHS) {
      float[] x = TestArrays.random(random, n);
      float[] y = TestArrays.random(random, n + 1);
      float[] gate = TestArrays.random(random, n + 2);
      float[] dout = TestArrays.random(random, n);
      double[] out = new double[n];
      double[] dy = new double[n];
      double[] dgate = new double[n];
      double[] mixed = new double[n];
      for (int i = 0; i < n; i++) {
        out[i] = x[i] + (double) gate[2 + i] * y[1 + i];
        dy[i] = (double) gate[2 + i] * dout[i];
        dgate[i] = x[i] + (double) y[1 + i] * dout[i];
        mixed[i] = 0.75 * x[i] + 0.25 * y[1 + i];
      }
      float[] actual = new float[n + 2];
      float[] actualDgate = x.clone();
      RowGates.gateResidual(x, 0, y, 1, gate, 2, actual, 1, n);
      TestArrays.assertClose("out", actual, 1, out, n, 1e-7);
      RowGates.gateResidualBackward(y, 1, gate, 2, dout, 0, actual, 1, actualDgate, 0, n);
      TestArrays.assertClose("dy", actual, 1, dy, n, 1e-7);
      TestArrays.assertClose("dgate", actualDgate, 0, dgate, n, 1e-7);
      RowGates.interpolate(x, 0, y, 1, 0.25f, actual, 1, n);
      TestArrays.assertClose("mixed", actual, 1, mixed, n, 1e-7);
      assertThat(actual[0] + actual[n + 1]).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "3, 16", "2, 20", "2, 64", "1, 80"})
  void rotaryAndItsTranspose(int heads, int headWidth) {
    int n = heads * headWidth;
    float[] x = TestArrays.random(random, n + 1);
    float[] cosine = TestArrays.random(random, headWidth + 1);
    float[] sine = TestArrays.random(random, headWidth + 2);
    double[] y = new double[n];
    double[] dx = new double[n];
    for (int i = 0; i < n; i += 2) {
      int c = 1 + i % headWidth;
      int s = 2 + i % headWidth;
      double a = x[1 + i];
      double b = x[2 + i];
      y[i] = a * cosine[c] - b * sine[s];
      y[i + 1] = b * cosine[c + 1] + a * sine[s + 1];
      dx[i] = a * cosine[c] + b * sine[s + 1];
      dx[i + 1] = b * cosine[c + 1] - a * sine[s];
    }
    float[] actual = new float[n + 2];
    Rotary.forward(x, 1, cosine, 1, sine, 2, actual, 1, heads, headWidth);
    TestArrays.assertClose("rotated", actual, 1, y, n, 2e-7);
    Rotary.backward(x, 1, cosine, 1, sine, 2, actual, 1, heads, headWidth);
    TestArrays.assertClose("rotated back", actual, 1, dx, n, 2e-7);
    assertThat(actual[0] + actual[n + 1]).isZero();
  }
}
