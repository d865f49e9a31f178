package org.basisar.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class GemmDoubleTest {
  private static final int[][] SIZES = {
    {1, 1, 1},
    {2, 3, 0},
    {1, 33, 31},
    {31, 1, 33},
    {9, 33, 257},
    {113, 31, 513},
    {220, 40, 17},
    {5, 530, 9}
  };

  private final int before = Workers.threads();
  private final Random random = new Random(8);

  @AfterEach
  void restore() {
    Workers.configure(before);
  }

  private double[] random(int size) {
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] = random.nextDouble() - 0.5;
    }
    return values;
  }

  @Test
  void agreesWithPlainLoopsForEveryLayoutAndAnyNumberOfThreads() {
    for (int[] size : SIZES) {
      for (int layout = 0; layout < 8; layout++) {
        check(size[0], size[1], size[2], (layout & 1) != 0, (layout & 2) != 0, layout > 3, 3);
      }
    }
  }

  private void check(int m, int n, int k, boolean ta, boolean tb, boolean sum, int count) {
    int lda = ta ? m : k;
    int ldb = tb ? k : n;
    double[] a = random(count * m * k);
    double[] b = random(count * n * k);
    double[] start = random((sum ? 1 : count) * m * n);
    double[] expected = start.clone();
    for (int q = 0; q < count; q++) {
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          double dot = 0;
          for (int p = 0; p < k; p++) {
            dot +=
                a[q * m * k + (ta ? p * lda + i : i * lda + p)]
                    * b[q * n * k + (tb ? j * ldb + p : p * ldb + j)];
          }
          expected[(sum ? 0 : q * m * n) + i * n + j] += dot;
        }
      }
    }
    double[] first = {};
    for (int threads = 1; threads <= 3; threads++) {
      Workers.configure(threads);
      double[] c = start.clone();
      GemmDouble gemm = new GemmDouble(ta, tb, m, n, k).a(a, 0, lda).b(b, 0, ldb).c(c, 0, n);
      if (sum) {
        gemm.batchSum(count, m * k, n * k);
      } else {
        gemm.batch(count, m * k, n * k, m * n);
      }
      gemm.accumulate(true).execute();
      if (threads == 1) {
        first = c;
        for (int i = 0; i < c.length; i++) {
          assertThat(Math.abs(c[i] - expected[i]))
              .isLessThanOrEqualTo(16 * Math.sqrt(k * count + 1) * 0x1p-53);
        }
      }
      assertThat(c).isEqualTo(first);
    }
  }

  @Test
  void operandsThatDoNotFitAreRefused() {
    GemmDouble gemm = new GemmDouble(false, false, 2, 3, 4).a(new double[8], 0, 4);
    gemm.b(new double[11], 0, 3).c(new double[6], 0, 3);
    assertThatThrownBy(gemm::execute)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("In a matrix product B reaches from 0 to 11");
  }
}
