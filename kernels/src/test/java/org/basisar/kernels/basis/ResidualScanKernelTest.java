package org.basisar.kernels.basis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.basisar.gpu.ElementType;
import org.basisar.kernels.DeviceData;
import org.basisar.kernels.Rounding;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The residual loss with its residuals in registers. */
final class ResidualScanKernelTest {
  private static DeviceData device;

  @BeforeAll
  static void open() {
    device = new DeviceData();
  }

  @AfterAll
  static void close() {
    device.close();
  }

  @ParameterizedTest
  @CsvSource({
    // images, tokens, channels, whether A is orthogonal
    "1, 1, 1, true",
    "2, 31, 3, true",
    "3, 33, 5, false",
    "1, 113, 4, true",
    "40, 5, 7, false",
    "1, 260, 1, true",
  })
  void agreesWithTheDefinition(int images, int n, int channels, boolean orthogonal) {
    int count = images * n * channels;
    double[] a = BasisReference.orthogonal(1, n);
    if (!orthogonal) {
      double[] noise = DeviceData.normal(ElementType.F32, 2, n * n);
      Arrays.setAll(a, i -> (float) (noise[i] / Math.sqrt(n)));
    }
    double[] x = DeviceData.normal(ElementType.F32, 3, count);
    double[] prediction = DeviceData.normal(ElementType.F32, 4, count);
    double factor = 0.7f;

    ResidualScanKernel.Extents extents = new ResidualScanKernel.Extents(images, n, channels);
    ResidualScanKernel.Inputs in =
        new ResidualScanKernel.Inputs(
            device.of(ElementType.F32, a),
            device.of(ElementType.F32, x),
            device.of(ElementType.F32, prediction));
    long value = device.empty(ElementType.F32, 1);
    long partial = device.empty(ElementType.F32, extents.items());
    device.run(
        ResidualScanKernel.value(device.library(), ElementType.F32, extents, in, partial, value));
    ResidualScanKernel.Gradients gradients =
        new ResidualScanKernel.Gradients(
            device.empty(ElementType.F32, n * n),
            device.empty(ElementType.F32, count),
            device.empty(ElementType.F32, count));
    long parts = device.empty(ElementType.F32, extents.parts() * n * n);
    long gradient = device.of(ElementType.F32, factor);
    device.run(
        ResidualScanKernel.gradient(device.library(), extents, in, gradient, parts, gradients));

    double[][] reference =
        new BasisReference(Rounding.NONE).residual(a, x, prediction, images, n, channels, factor);
    double[][] naive =
        new BasisReference(Rounding.F32).residual(a, x, prediction, images, n, channels, factor);
    check("value", value, naive[0], reference[0]);
    check("gradient of A", gradients.a(), naive[1], reference[1]);
    check("gradient of x", gradients.x(), naive[2], reference[2]);
    check("gradient of the prediction", gradients.prediction(), naive[3], reference[3]);
  }

  private static void check(String what, long address, double[] naive, double[] reference) {
    double[] actual = device.read(ElementType.F32, address, reference.length);
    Rounding.F32.check(what, actual, naive, reference);
  }

  @Test
  void refusesMoreTokensThanRegistersHold() {
    assertThat(new ResidualScanKernel.Extents(1, 1024, 1).items()).isEqualTo(1);
    assertThatThrownBy(() -> new ResidualScanKernel.Extents(1, 1025, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("residual scan: 1025 tokens, at most 1024 fit the registers");
  }
}
