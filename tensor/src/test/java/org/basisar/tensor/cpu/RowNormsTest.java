package org.basisar.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RowNormsTest {
  private static final float EPSILON = 1e-5f;

  private final Random random = new Random(9);

  private static double tolerance(int n) {
    return 8 * Math.sqrt(n + 1) * 0x1p-24;
  }

  /** Centre (for LayerNorm) and factor of a row. */
  private static double[] statistics(float[] x, int n, boolean centred) {
    double mean = 0;
    for (int i = 0; i < n && centred; i++) {
      mean += x[3 + i] / (double) n;
    }
    double square = 0;
    for (int i = 0; i < n; i++) {
      square += (x[3 + i] - mean) * (x[3 + i] - mean) / n;
    }
    return new double[] {mean, 1 / Math.sqrt(square + EPSILON)};
  }

  /** Gradient of (x - mean) factor, given the gradient of it. */
  private static double[] through(double[] normal, double[] direction, double factor, boolean c) {
    int n = normal.length;
    double along = 0;
    double mean = 0;
    for (int i = 0; i < n; i++) {
      along += normal[i] * direction[i] / n;
      mean += c ? direction[i] / n : 0;
    }
    double[] dx = new double[n];
    for (int i = 0; i < n; i++) {
      dx[i] = factor * (direction[i] - mean - normal[i] * along);
    }
    return dx;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void normsWithAndWithoutWeight(boolean weighted) {
    for (int n : TestArrays.LENGTHS) {
      float[] x = TestArrays.random(random, n + 5);
      float[] dy = TestArrays.random(random, n + 5);
      float[] weight = weighted ? TestArrays.random(random, n + 1) : null;
      float[] bias = weighted ? TestArrays.random(random, n) : null;
      for (boolean centred : new boolean[] {false, true}) {
        double[] statistics = statistics(x, n, centred);
        double[] normal = new double[n];
        double[] y = new double[n];
        double[] direction = new double[n];
        double[] dweight = new double[n];
        double[] dbias = new double[n];
        for (int i = 0; i < n; i++) {
          normal[i] = (x[3 + i] - statistics[0]) * statistics[1];
          y[i] = normal[i] * (weight != null ? weight[1 + i] : 1);
          y[i] += bias != null && centred ? bias[i] : 0;
          direction[i] = dy[2 + i] * (weight != null ? weight[1 + i] : 1.0);
          dweight[i] = 1 + dy[2 + i] * normal[i];
          dbias[i] = 1 + dy[2 + i];
        }
        double[] dx = through(normal, direction, statistics[1], centred);
        float[] actual = new float[n + 2];
        float[] actualDx = new float[n + 2];
        float[] actualDweight = ones(n);
        float[] actualDbias = ones(n);
        if (centred) {
          RowLayerNorms.layerNorm(x, 3, weight, 1, bias, 0, actual, 1, n, EPSILON);
          RowLayerNorms.layerNormBackward(
              x,
              3,
              weight,
              1,
              dy,
              2,
              actualDx,
              1,
              weighted ? actualDweight : null,
              0,
              weighted ? actualDbias : null,
              0,
              n,
              EPSILON);
        } else {
          RowNorms.rmsNorm(x, 3, weight, 1, actual, 1, n, EPSILON);
          RowNorms.rmsNormBackward(
              x, 3, weight, 1, dy, 2, actualDx, 1, weighted ? actualDweight : null, 0, n, EPSILON);
        }
        // A row of one element is all mean: its LayerNorm is 0 times a huge factor.
        double slack = n <= 2 && centred ? 1e-3 : tolerance(n);
        TestArrays.assertClose("y " + n, actual, 1, y, n, slack);
        TestArrays.assertClose("dx " + n, actualDx, 1, dx, n, 4 * slack * statistics[1]);
        assertThat(actual[0] + actual[n + 1] + actualDx[0] + actualDx[n + 1]).isZero();
        if (weighted) {
          TestArrays.assertClose("dweight", actualDweight, 0, dweight, n, slack);
          if (centred) {
            TestArrays.assertClose("dbias", actualDbias, 0, dbias, n, slack);
          }
        }
      }
    }
  }

  private static float[] ones(int n) {
    float[] ones = new float[n];
    Arrays.fill(ones, 1);
    return ones;
  }

  @Test
  void modulation() {
    for (int n : TestArrays.LENGTHS) {
      float[] x = TestArrays.random(random, n + 5);
      float[] dy = TestArrays.random(random, n + 5);
      float[] scale = TestArrays.random(random, n + 1);
      float[] shift = TestArrays.random(random, n);
      double factor = statistics(x, n, false)[1];
      double[] normal = new double[n];
      double[] y = new double[n];
      double[] direction = new double[n];
      double[] dscale = new double[n];
      double[] dshift = new double[n];
      for (int i = 0; i < n; i++) {
        normal[i] = x[3 + i] * factor;
        y[i] = normal[i] * (1 + scale[1 + i]) + shift[i];
        direction[i] = dy[2 + i] * (1.0 + scale[1 + i]);
        dscale[i] = 1 + dy[2 + i] * normal[i];
        dshift[i] = 1 + dy[2 + i];
      }
      double[] dx = through(normal, direction, factor, false);
      float[] actual = new float[n + 2];
      float[] actualDx = new float[n + 2];
      float[] actualDscale = ones(n);
      float[] actualDshift = ones(n);
      RowNorms.modulate(x, 3, scale, 1, shift, 0, actual, 1, n, EPSILON);
      float inverse = RowNorms.inverseRms(x, 3, n, EPSILON);
      RowNorms.modulateBackward(
          x, 3, scale, 1, dy, 2, actualDx, 1, actualDscale, 0, actualDshift, 0, n, inverse);
      TestArrays.assertClose("y", actual, 1, y, n, tolerance(n));
      TestArrays.assertClose("dx", actualDx, 1, dx, n, 4 * tolerance(n) * factor);
      TestArrays.assertClose("dscale", actualDscale, 0, dscale, n, tolerance(n));
      TestArrays.assertClose("dshift", actualDshift, 0, dshift, n, tolerance(n));
      assertThat(actual[0] + actual[n + 1] + actualDx[0] + actualDx[n + 1]).isZero();
    }
  }

  @Test
  void softmax() {
    for (int n : TestArrays.LENGTHS) {
      float[] x = TestArrays.random(random, n + 2);
      for (int i = 0; i < x.length; i++) {
        x[i] = 100 + 30 * x[i];
      }
      float[] dy = TestArrays.random(random, n);
      double[] y = new double[n];
      double max = 0;
      double sum = 0;
      for (int i = 0; i < n; i++) {
        max = Math.max(max, x[1 + i]);
      }
      for (int i = 0; i < n; i++) {
        y[i] = Math.exp(x[1 + i] - max);
        sum += y[i];
      }
      double along = 0;
      for (int i = 0; i < n; i++) {
        y[i] /= sum;
        along += y[i] * dy[i];
      }
      double[] dx = new double[n];
      for (int i = 0; i < n; i++) {
        dx[i] = y[i] * (dy[i] - along);
      }
      float[] actual = new float[n + 2];
      float[] actualDx = new float[n];
      RowSoftmax.forward(x, 1, actual, 1, n);
      TestArrays.assertClose("y", actual, 1, y, n, tolerance(n));
      RowSoftmax.backward(actual, 1, dy, 0, actualDx, 0, n);
      TestArrays.assertClose("dx", actualDx, 0, dx, n, tolerance(n));
      assertThat(actual[0] + actual[n + 1]).isZero();
    }
    RowSoftmax.forward(new float[0], 0, new float[0], 0, 0);
  }
}
