package org.basisar.kernels.normalization;

import static org.assertj.core.api.Assertions.assertThat;

import org.basisar.gpu.ElementType;
import org.basisar.kernels.DeviceData;
import org.basisar.kernels.Rounding;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SoftmaxKernelTest {
  private static final DeviceData DEVICE = new DeviceData();

  @AfterAll
  static void close() {
    DEVICE.close();
  }

  private static double[] softmax(Rounding r, double[] x, int width) {
    double[] y = new double[x.length];
    for (int at = 0; at < x.length; at += width) {
      double sum = 0;
      for (int d = at; d < at + width; d++) {
        sum = r.sum(sum + Math.exp(x[d]));
      }
      for (int d = at; d < at + width; d++) {
        y[d] = r.stored(r.sum(Math.exp(x[d])) / sum);
      }
    }
    return y;
  }

  private static double[] gradient(Rounding r, double[] y, double[] g, int width) {
    double[] out = new double[y.length];
    for (int at = 0; at < y.length; at += width) {
      double along = 0;
      for (int d = at; d < at + width; d++) {
        along = r.sum(along + y[d] * g[d]);
      }
      for (int d = at; d < at + width; d++) {
        out[d] = r.stored(y[d] * r.sum(g[d] - along));
      }
    }
    return out;
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "31, 33", "5, 256", "3, 1023", "2, 1024", "1, 3413"})
  void bothVersionsAreTheFormulas(int rows, int width) {
    for (ElementType type : new ElementType[] {ElementType.F32, ElementType.BF16}) {
      Rounding r = Rounding.of(type);
      int count = rows * width;
      double[] x = DeviceData.normal(type, 21, count);
      double[] g = DeviceData.normal(type, 22, count);
      double[] y = softmax(r, x, width);
      long inX = DEVICE.of(type, x);
      long inY = DEVICE.of(type, y);
      long inG = DEVICE.of(type, g);
      long[] out = new long[4];
      for (int i = 0; i < out.length; i++) {
        out[i] = DEVICE.empty(type, count);
      }
      DEVICE.run(
          SoftmaxKernel.simple(DEVICE.library(), type, inX, rows, width, out[0]),
          SoftmaxKernel.prepare(DEVICE.library(), type, inX, rows, width, out[1]),
          SoftmaxKernel.simpleGradient(DEVICE.library(), type, inY, inG, rows, width, out[2]),
          SoftmaxKernel.gradient(DEVICE.library(), type, inY, inG, rows, width, out[3]));
      for (int i = 0; i < out.length; i++) {
        r.check(
            "version " + i,
            DEVICE.read(type, out[i], count),
            i < 2 ? y : gradient(r, y, g, width),
            i < 2 ? softmax(Rounding.NONE, x, width) : gradient(Rounding.NONE, y, g, width));
      }
    }
  }

  @Test
  void largeNumbersDoNotOverflow() {
    long x = DEVICE.of(ElementType.F32, 500, 500, -500, 500);
    long out = DEVICE.empty(ElementType.F32, 4);
    DEVICE.run(SoftmaxKernel.prepare(DEVICE.library(), ElementType.F32, x, 1, 4, out));
    double third = 1 / 3f;
    assertThat(DEVICE.read(ElementType.F32, out, 4)).containsExactly(third, third, 0, third);
  }
}
