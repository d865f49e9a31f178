package org.basisar.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ReductionKernelsTest {
  private final int before = Workers.threads();
  private final Random random = new Random(12);

  @AfterEach
  void restore() {
    Workers.configure(before);
  }

  @Test
  void blockSums() {
    for (int n : new int[] {0, 1, 31, 33, 113, 4096, 4097, 200_001}) {
      float[] x = TestArrays.random(random, n + 3);
      double sum = 0;
      double squares = 0;
      for (int i = 0; i < n; i++) {
        sum += x[3 + i];
        squares += (double) x[3 + i] * x[3 + i];
      }
      double firstSum = 0;
      double firstSquares = 0;
      for (int threads = 1; threads <= 3; threads++) {
        Workers.configure(threads);
        double actualSum = new BlockSum(false).over(x, 3, n).execute();
        double actualSquares = new BlockSum(true).over(x, 3, n).execute();
        if (threads == 1) {
          firstSum = actualSum;
          firstSquares = actualSquares;
          double tolerance = 2 * Math.max(8 * Math.sqrt(n + 1), squares) * 0x1p-24;
          assertThat(actualSum).isEqualTo(sum, Offset.offset(tolerance));
          assertThat(actualSquares).isEqualTo(squares, Offset.offset(tolerance));
        }
        assertThat(actualSum).isEqualTo(firstSum);
        assertThat(actualSquares).isEqualTo(firstSquares);
      }
    }
  }

  @Test
  void columnSums() {
    for (int columns : new int[] {0, 1, 16, 31, 64, 65, 113, 300}) {
      for (int rows : new int[] {0, 1, 33, 300}) {
        int stride = columns + 3;
        float[] x = TestArrays.random(random, rows * stride + 5);
        double[] sums = new double[columns];
        for (int i = 0; i < rows; i++) {
          for (int j = 0; j < columns; j++) {
            sums[j] += x[5 + i * stride + j];
          }
        }
        float[] first = {};
        for (int threads = 1; threads <= 3; threads++) {
          Workers.configure(threads);
          float[] out = TestArrays.random(new Random(1), columns + 2);
          float[] untouched = out.clone();
          new ColumnSums(rows, columns).x(x, 5, stride).out(out, 1).run();
          if (threads == 1) {
            first = out;
            TestArrays.assertClose(
                "sums", out, 1, sums, columns, 8 * Math.sqrt(rows + 1) * 0x1p-24);
          }
          assertThat(out).isEqualTo(first);
          assertThat(out[0]).isEqualTo(untouched[0]);
          assertThat(out[columns + 1]).isEqualTo(untouched[columns + 1]);
        }
      }
    }
  }
}
