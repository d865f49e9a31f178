package org.basisar.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class AdamWStepTest {
  private final int before = Workers.threads();
  private final Random random = new Random(13);

  @AfterEach
  void restore() {
    Workers.configure(before);
  }

  @Test
  void severalStepsAgreeWithLongArithmetic() {
    for (int n : new int[] {0, 1, 31, 33, 1023, 1025, 70_001}) {
      float[] start = TestArrays.random(random, n + 2);
      float[] gradient = TestArrays.random(random, n + 2);
      float[] first = {};
      for (int threads = 1; threads <= 3; threads++) {
        Workers.configure(threads);
        float[] p = start.clone();
        float[] ema = start.clone();
        float[] m = new float[n + 2];
        float[] v = new float[n + 2];
        AdamWStep kernel = new AdamWStep().ranges(p, 1, gradient, 1, m, 1, v, 1, ema, 1, n);
        kernel.constants(0.9, 0.96, 1e-8, 0.99);
        for (int t = 1; t <= 3; t++) {
          kernel.step(0.01, 0.02, 1 - Math.pow(0.9, t), 1 - Math.pow(0.96, t), 0.5 / t);
          kernel.execute(true);
        }
        if (threads == 1) {
          first = p;
          compare(n, start, gradient, p, ema);
        }
        assertThat(p).isEqualTo(first);
        assertThat(p[0]).isEqualTo(start[0]);
        assertThat(p[n + 1]).isEqualTo(start[n + 1]);
      }
    }
  }

  private static void compare(int n, float[] start, float[] gradient, float[] p, float[] ema) {
    double[] parameter = new double[n];
    double[] average = new double[n];
    for (int i = 0; i < n; i++) {
      double m = 0;
      double v = 0;
      double w = start[1 + i];
      double e = w;
      for (int t = 1; t <= 3; t++) {
        double g = gradient[1 + i] * 0.5 / t;
        m = 0.9 * m + 0.1 * g;
        v = 0.96 * v + 0.04 * g * g;
        w -= 0.01 * 0.02 * w;
        w -= 0.01 * m / (1 - Math.pow(0.9, t)) / (Math.sqrt(v / (1 - Math.pow(0.96, t))) + 1e-8);
        e = 0.99 * e + 0.01 * w;
      }
      parameter[i] = w;
      average[i] = e;
    }
    TestArrays.assertClose("parameter", p, 1, parameter, n, 5e-7);
    TestArrays.assertClose("average", ema, 1, average, n, 5e-7);
  }

  @Test
  void nothingIsWrittenWhenTheGradientsAreNotFinite() {
    float[] p = {1, 2, 3};
    float[] nan = {Float.NaN, 1, 1};
    float[] m = new float[3];
    AdamWStep kernel = new AdamWStep().ranges(p, 0, nan, 0, m, 0, m.clone(), 0, p.clone(), 0, 3);
    kernel.constants(0.9, 0.96, 1e-8, 0.99).step(0.01, 0, 1, 1, 1).execute(false);
    assertThat(p).containsExactly(1, 2, 3);
    assertThat(m).containsOnly(0);
  }
}
