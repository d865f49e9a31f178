package org.basisar.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class GemmTest {
  private static final int[][] SIZES = {
    {1, 1, 1},
    {2, 3, 0},
    {1, 33, 31},
    {31, 1, 33},
    {33, 31, 1},
    {8, 32, 256},
    {9, 33, 257},
    {113, 31, 513},
    {33, 113, 300},
    {400, 40, 17},
    {5, 1100, 9},
    {64, 64, 64}
  };

  private final int before = Workers.threads();
  private final Random random = new Random(7);

  @AfterEach
  void restore() {
    Workers.configure(before);
  }

  private float[] random(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  private static double[] reference(
      boolean ta,
      boolean tb,
      int m,
      int n,
      int k,
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int ldb) {
    double[] c = new double[m * n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int p = 0; p < k; p++) {
          sum +=
              (double) a[a0 + (ta ? p * lda + i : i * lda + p)]
                  * b[b0 + (tb ? j * ldb + p : p * ldb + j)];
        }
        c[i * n + j] = sum;
      }
    }
    return c;
  }

  /** Rounding of a sum of k terms of magnitude at most 1/4. */
  private static double tolerance(int k) {
    return 16 * Math.sqrt(k + 1) * 0x1p-24;
  }

  @Test
  void agreesWithLongArithmeticForEveryLayoutAndAnyNumberOfThreads() {
    for (int[] size : SIZES) {
      for (int layout = 0; layout < 8; layout++) {
        check(size[0], size[1], size[2], (layout & 1) != 0, (layout & 2) != 0, (layout & 4) != 0);
      }
    }
  }

  private void check(int m, int n, int k, boolean ta, boolean tb, boolean accumulate) {
    int lda = (ta ? m : k) + 3;
    int ldb = (tb ? k : n) + 1;
    int ldc = n + 2;
    float[] a = random(5 + (ta ? k : m) * lda);
    float[] b = random(2 + (tb ? n : k) * ldb);
    float[] start = random(7 + m * ldc);
    double[] expected = reference(ta, tb, m, n, k, a, 5, lda, b, 2, ldb);
    float[] first = {};
    for (int threads = 1; threads <= 5; threads++) {
      Workers.configure(threads);
      float[] c = start.clone();
      Gemm gemm = new Gemm(ta, tb, m, n, k).accumulate(accumulate);
      gemm.inPlace = threads % 2 == 0;
      gemm.a(a, 5, lda).b(b, 2, ldb).c(c, 7, ldc).execute();
      if (threads == 1) {
        first = c;
        for (int position = 0; position < c.length; position++) {
          int i = (position - 7) / ldc;
          int j = (position - 7) % ldc;
          if (position < 7 || j >= n || i >= m) {
            assertThat(c[position]).isEqualTo(start[position]);
          } else {
            double want = expected[i * n + j] + (accumulate ? start[position] : 0);
            assertThat(Math.abs(c[position] - want))
                .describedAs("%d x %d x %d at %d, %d", m, n, k, i, j)
                .isLessThanOrEqualTo(tolerance(k));
          }
        }
      } else {
        assertThat(c).isEqualTo(first);
      }
    }
  }

  @Test
  void anElementDoesNotDependOnItsPlace() {
    int k = 700;
    float[] a = random(50 * k);
    float[] b = random(k * 70);
    float[] whole = new float[50 * 70];
    new Gemm(false, false, 50, 70, k).a(a, 0, k).b(b, 0, 70).c(whole, 0, 70).execute();
    float[] corner = new float[1];
    for (int i = 0; i < 50; i += 7) {
      for (int j = 0; j < 70; j += 9) {
        new Gemm(false, false, 1, 1, k).a(a, i * k, k).b(b, j, 70).c(corner, 0, 1).execute();
        assertThat(corner[0]).isEqualTo(whole[i * 70 + j]);
      }
    }
  }

  @Test
  void batchesEqualSingleProducts() {
    int m = 19;
    int n = 37;
    int k = 23;
    int count = 5;
    float[] a = random(count * m * k);
    float[] b = random(count * n * k);
    for (int shared = 0; shared < 3; shared++) {
      int strideA = shared == 1 ? 0 : m * k;
      int strideB = shared == 2 ? 0 : n * k;
      float[] expected = new float[count * m * n];
      for (int i = 0; i < count; i++) {
        Gemm single = new Gemm(false, true, m, n, k).a(a, i * strideA, k).b(b, i * strideB, k);
        single.c(expected, i * m * n, n).execute();
      }
      for (int threads = 1; threads <= 5; threads++) {
        Workers.configure(threads);
        float[] c = new float[count * m * n];
        Gemm batch = new Gemm(false, true, m, n, k).a(a, 0, k).b(b, 0, k).c(c, 0, n);
        batch.batch(count, strideA, strideB, m * n).execute();
        assertThat(c).isEqualTo(expected);
      }
    }
  }

  @Test
  void batchSumAddsAllProducts() {
    for (int k : new int[] {1, 16, 31, 200, 300}) {
      for (boolean ta : new boolean[] {false, true}) {
        int m = 33;
        int n = 50;
        int count = 11;
        float[] a = random(count * m * k);
        float[] b = random(count * n * k);
        float[] start = random(m * n);
        double[] expected = new double[m * n];
        for (int i = 0; i < count; i++) {
          double[] term = reference(ta, true, m, n, k, a, i * m * k, ta ? m : k, b, i * n * k, k);
          for (int j = 0; j < term.length; j++) {
            expected[j] += term[j];
          }
        }
        float[] first = {};
        for (int threads = 1; threads <= 5; threads++) {
          Workers.configure(threads);
          float[] c = start.clone();
          Gemm sum = new Gemm(ta, true, m, n, k).a(a, 0, ta ? m : k).b(b, 0, k).c(c, 0, n);
          sum.batchSum(count, m * k, n * k).accumulate(true).execute();
          if (threads == 1) {
            first = c;
          }
          assertThat(c).isEqualTo(first);
        }
        for (int j = 0; j < expected.length; j++) {
          assertThat(first[j] - start[j] - expected[j])
              .isBetween(-tolerance(k * count), tolerance(k * count));
        }
      }
    }
  }

  @Test
  void aBatchSumIsOneChainOverAllBatches() {
    for (int k : new int[] {0, 1, 7, 12, 16, 31, 48, 113}) {
      int m = 2 * FloatTile.ROWS + 3;
      int n = 2 * FloatTile.COLUMNS + 5;
      int count = 2 * GemmBlocks.DEPTH / Math.max(8, k) + 3;
      float[] a = random(count * m * k);
      float[] b = random(count * n * k);
      float[] expected = new float[m * n];
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          float sum = 0;
          for (int q = 0; q < count; q++) {
            for (int p = 0; p < k; p++) {
              sum = Math.fma(a[(q * m + i) * k + p], b[(q * n + j) * k + p], sum);
            }
          }
          expected[i * n + j] = sum;
        }
      }
      for (boolean inPlace : new boolean[] {false, true}) {
        float[] c = new float[m * n];
        Gemm sum = new Gemm(false, true, m, n, k).a(a, 0, k).b(b, 0, k).c(c, 0, n);
        sum.inPlace = inPlace;
        sum.batchSum(count, m * k, n * k).execute();
        assertThat(c).describedAs("sums of %d, in place: %s", k, inPlace).isEqualTo(expected);
      }
    }
  }

  @Test
  void aSymmetricProductIsRightUpToTheDiagonal() {
    for (int n : new int[] {1, 31, 33, 64, 129, 163, 300}) {
      int k = 13;
      int count = 5;
      float[] a = random(count * n * k);
      float[] whole = new float[n * n];
      new Gemm(false, true, n, n, k)
          .a(a, 0, k)
          .b(a, 0, k)
          .c(whole, 0, n)
          .batchSum(count, n * k, n * k)
          .execute();
      for (int threads = 1; threads <= 5; threads++) {
        Workers.configure(threads);
        float[] half = new float[n * n];
        new Gemm(false, true, n, n, k)
            .a(a, 0, k)
            .b(a, 0, k)
            .c(half, 0, n)
            .batchSum(count, n * k, n * k)
            .lower()
            .execute();
        for (int i = 0; i < n; i++) {
          int row = i * n;
          assertThat(Arrays.copyOfRange(half, row, row + i + 1))
              .describedAs("row %d of %d, %d threads", i, n, threads)
              .isEqualTo(Arrays.copyOfRange(whole, row, row + i + 1));
        }
        if (n == 300) {
          assertThat(half[n - 1]).describedAs("a tile above the diagonal").isZero();
        }
      }
    }
  }

  @Test
  void epilogueIsBiasThenGeluThenResidual() {
    int m = 21;
    int n = 45;
    int k = 300;
    float[] a = random(m * k);
    float[] b = random(n * k);
    float[] bias = random(n + 1);
    float[] residual = random(m * n);
    float[] plain = new float[m * n];
    for (int i = 0; i < m; i++) {
      System.arraycopy(bias, 1, plain, i * n, n);
    }
    Gemm ontoBias = new Gemm(false, true, m, n, k).a(a, 0, k).b(b, 0, k).accumulate(true);
    ontoBias.c(plain, 0, n).execute();
    VectorMath.gelu(plain, 0, plain, 0, m * n);
    for (int i = 0; i < m * n; i++) {
      plain[i] += residual[i];
    }
    for (int threads = 1; threads <= 5; threads++) {
      Workers.configure(threads);
      float[] c = residual.clone();
      Gemm fused = new Gemm(false, true, m, n, k).a(a, 0, k).b(b, 0, k).bias(bias, 1).gelu(true);
      fused.c(c, 0, n).residual(residual, 0, n).execute();
      assertThat(c).isEqualTo(plain);
    }
  }

  @Test
  void sumsAreChainsOfMultiplyAddsInRisingOrder() {
    int m = 45;
    int n = 70;
    for (int k : new int[] {15, 16, 33, 300, 2348}) {
      float[] a = random(m * k);
      float[] b = random(n * k);
      float[] bias = random(n);
      for (int form = 0; form < 8; form++) {
        boolean left = form % 2 == 1;
        boolean right = form / 2 % 2 == 1;
        float[] c = new float[m * n];
        Gemm gemm = new Gemm(left, right, m, n, k);
        gemm.inPlace = form >= 4;
        gemm.a(a, 0, left ? m : k).b(b, 0, right ? k : n).c(c, 0, n).bias(bias, 0).execute();
        for (int i = 0; i < m; i++) {
          for (int j = 0; j < n; j++) {
            float sum = bias[j];
            for (int p = 0; p < k; p++) {
              sum =
                  Math.fma(a[left ? p * m + i : i * k + p], b[right ? j * k + p : p * n + j], sum);
            }
            assertThat(c[i * n + j]).isEqualTo(sum);
          }
        }
      }
    }
  }

  @Test
  void aBiasIsAddedToWhatAProductAccumulatesOnto() {
    float[] a = random(21 * 33);
    float[] b = random(33 * 45);
    float[] bias = random(45);
    float[] c = random(21 * 45);
    float[] expected = c.clone();
    new Gemm(false, false, 21, 45, 33)
        .a(a, 0, 33)
        .b(b, 0, 45)
        .c(expected, 0, 45)
        .accumulate(true)
        .execute();
    new Gemm(false, false, 21, 45, 33)
        .a(a, 0, 33)
        .b(b, 0, 45)
        .c(c, 0, 45)
        .bias(bias, 0)
        .accumulate(true)
        .execute();
    for (int i = 0; i < c.length; i++) {
      assertThat(c[i]).isEqualTo(expected[i] + bias[i % 45]);
    }
  }

  @Test
  void productsWithoutTermsAreZero() {
    float[] c = new float[6];
    Arrays.fill(c, 3);
    new Gemm(false, false, 2, 3, 0).c(c, 0, 3).accumulate(true).execute();
    assertThat(c).containsOnly(3);
    new Gemm(false, false, 2, 3, 0).c(c, 0, 3).execute();
    assertThat(c).containsOnly(0);
    new Gemm(false, false, 0, 3, 4).b(new float[12], 0, 3).execute();
  }

  @Test
  void operandsThatDoNotFitAreRefused() {
    Gemm gemm = new Gemm(false, false, 2, 3, 4).a(new float[8], 1, 4).b(new float[12], 0, 3);
    gemm.c(new float[6], 0, 3);
    assertThatThrownBy(gemm::execute)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "In a matrix product A reaches from 1 to 8 with rows 4 apart, but its array has 8");
    gemm.a(new float[8], 0, 4).execute();
    assertThatThrownBy(() -> new Gemm(false, false, -1, 3, 4))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
