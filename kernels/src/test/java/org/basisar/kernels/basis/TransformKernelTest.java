package org.basisar.kernels.basis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.basisar.gpu.ElementType;
import org.basisar.kernels.DeviceData;
import org.basisar.kernels.Rounding;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The fused basis transform. */
final class TransformKernelTest {
  private static DeviceData device;

  @BeforeAll
  static void open() {
    device = new DeviceData();
  }

  @AfterAll
  static void close() {
    device.close();
  }

  private static int[] order(int count) {
    int[] order = new int[count];
    Arrays.setAll(order, i -> i);
    Random random = new Random(5);
    for (int i = count - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
    return order;
  }

  private static double[] wide(int[] values) {
    return Arrays.stream(values).asDoubleStream().toArray();
  }

  @ParameterizedTest
  @CsvSource({
    // images, tokens, channels, cells
    "1, 1, 1, 1",
    "2, 31, 3, 31",
    "3, 33, 4, 3",
    "2, 113, 5, 1",
    "1, 64, 16, 4",
    "5, 66, 16, 2",
  })
  void transformsReordersAndMixes(int images, int n, int channels, int cells) {
    TransformKernel.Extents extents = new TransformKernel.Extents(images, n, n, channels);
    int count = images * n * channels;
    int[] order = order(n);
    for (ElementType type : new ElementType[] {ElementType.F32, ElementType.BF16}) {
      Rounding rounding = Rounding.of(type);
      double[] a = stored(rounding, BasisReference.orthogonal(1, n));
      double[] x = DeviceData.normal(type, 2, count);
      double[] noise = DeviceData.normal(type, 6, count);
      double[] time = new double[images * cells];
      Arrays.setAll(time, i -> (i + 1) / (images * cells + 1.0));
      time = stored(rounding, time);
      double[] reference = new BasisReference(Rounding.NONE).transform(a, x, order, extents);
      double[] naive = new BasisReference(rounding).transform(a, x, order, extents);
      long y = device.empty(type, count);
      long noisy = device.empty(type, count);
      device.run(
          TransformKernel.prepare(
              device.library(),
              type,
              extents,
              device.of(type, a),
              device.of(type, x),
              device.of(ElementType.I32, wide(order)),
              y,
              new TransformKernel.Noise(
                  device.of(type, noise), device.of(type, time), cells, noisy)));
      rounding.check("y " + type, device.read(type, y, count), stored(rounding, naive), reference);
      rounding.check(
          "noisy " + type,
          device.read(type, noisy, count),
          mixed(rounding, naive, noise, time, extents, cells),
          mixed(Rounding.NONE, reference, noise, time, extents, cells));
    }
  }

  private static double[] stored(Rounding rounding, double[] values) {
    return Arrays.stream(values).map(rounding::stored).toArray();
  }

  /** (1 − t)·y + t·ε. */
  private static double[] mixed(
      Rounding rounding,
      double[] y,
      double[] noise,
      double[] time,
      TransformKernel.Extents e,
      int cells) {
    double[] out = new double[y.length];
    for (int i = 0; i < out.length; i++) {
      int row = i / e.channels() % e.rows();
      int image = i / e.channels() / e.rows();
      double t = time[image * cells + row / (e.rows() / cells)];
      out[i] = rounding.stored(rounding.sum((1 - t) * y[i]) + t * noise[i]);
    }
    return out;
  }

  @ParameterizedTest
  @CsvSource({"2, 31, 70, 3", "1, 70, 1, 16", "9, 3, 33, 8"})
  void transformsAloneByAnyMatrix(int images, int rows, int inner, int channels) {
    TransformKernel.Extents extents = new TransformKernel.Extents(images, rows, inner, channels);
    double[] a = DeviceData.normal(ElementType.F32, 3, rows * inner);
    double[] x = DeviceData.normal(ElementType.F32, 4, images * inner * channels);
    int[] order = new int[inner];
    Arrays.setAll(order, i -> i);
    long y = device.empty(ElementType.F32, images * rows * channels);
    device.run(
        TransformKernel.prepare(
            device.library(),
            ElementType.F32,
            extents,
            device.of(ElementType.F32, a),
            device.of(ElementType.F32, x),
            0,
            y));
    double[] actual = device.read(ElementType.F32, y, images * rows * channels);
    double[] reference = new BasisReference(Rounding.NONE).transform(a, x, order, extents);
    Rounding.F32.check(
        "y", actual, new BasisReference(Rounding.F32).transform(a, x, order, extents), reference);
    assertThat(actual).isNotEqualTo(new double[actual.length]);
  }
}
