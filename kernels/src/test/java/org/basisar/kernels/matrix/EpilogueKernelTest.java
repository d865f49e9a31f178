package org.basisar.kernels.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import org.basisar.gpu.ElementType;
import org.basisar.kernels.DeviceData;
import org.basisar.kernels.Rounding;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EpilogueKernelTest {
  private static final DeviceData DEVICE = new DeviceData();

  @AfterAll
  static void close() {
    DEVICE.close();
  }

  /** x Φ(x), Φ by its alternating series, which is exact enough for |x| below 6. */
  private static double gelu(double x) {
    double term = x / Math.sqrt(2 * Math.PI);
    double sum = 0;
    for (int n = 0; n < 120; n++) {
      sum += term / (2 * n + 1);
      term *= -x * x / (2 * (n + 1));
    }
    return x * (0.5 + sum);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "31, 33", "3, 1024", "7, 40", "1, 3413"})
  void bothVersionsFinishTheProduct(int rows, int width) {
    for (ElementType type : new ElementType[] {ElementType.F32, ElementType.BF16}) {
      for (int flags = 0; flags < 8; flags++) {
        check(type, rows, width, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0);
      }
    }
  }

  private static void check(
      ElementType type, int rows, int width, boolean bias, boolean residual, boolean gelu) {
    int count = rows * width;
    double[] product = DeviceData.normal(ElementType.F32, 1, count);
    double[] biases = DeviceData.normal(type, 2, width);
    double[] residuals = DeviceData.normal(type, 3, count);
    double[] exact = new double[count];
    double[] naive = new double[count];
    for (int i = 0; i < count; i++) {
      double y = product[i] + (bias ? biases[i % width] : 0);
      y = gelu ? gelu(y) : y;
      exact[i] = y + (residual ? residuals[i] : 0);
      naive[i] = Rounding.of(type).stored(exact[i]);
    }
    EpilogueKernel.Epilogue epilogue =
        new EpilogueKernel.Epilogue(
            bias ? DEVICE.of(type, biases) : 0, residual ? DEVICE.of(type, residuals) : 0, gelu);
    long from = DEVICE.of(ElementType.F32, product);
    long simple = DEVICE.empty(type, count);
    long fast = type == ElementType.F32 ? from : DEVICE.empty(type, count);
    DEVICE.run(
        EpilogueKernel.simple(DEVICE.library(), type, from, epilogue, rows, width, simple),
        EpilogueKernel.finish(DEVICE.library(), type, from, epilogue, rows, width, fast));
    Rounding r = Rounding.of(type);
    r.check("simple", DEVICE.read(type, simple, count), naive, exact);
    r.check("fast", DEVICE.read(type, fast, count), naive, exact);
  }

  @Test
  void startRepeatsTheBias() {
    for (ElementType type : new ElementType[] {ElementType.F32, ElementType.BF16}) {
      double[] bias = DeviceData.normal(type, 4, 33);
      long out = DEVICE.empty(type, 66);
      DEVICE.run(EpilogueKernel.start(DEVICE.library(), type, DEVICE.of(type, bias), 2, 33, out));
      double[] expected = new double[66];
      System.arraycopy(bias, 0, expected, 0, 33);
      System.arraycopy(bias, 0, expected, 33, 33);
      assertThat(DEVICE.read(type, out, 66)).isEqualTo(expected);
    }
  }
}
