package org.basisar.kernels.elementwise;

import static org.assertj.core.api.Assertions.assertThat;

import org.basisar.gpu.ElementType;
import org.basisar.kernels.DeviceData;
import org.basisar.kernels.Rounding;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Correctly rounded operations: every version gives the bits of plain Java. */
final class BinaryKernelTest {
  private static final DeviceData DEVICE = new DeviceData();
  private static final ElementType[] TYPES = {ElementType.F32, ElementType.BF16};
  private static final int[] COUNTS = {1, 7, 31, 33, 113, 1023};

  @AfterAll
  static void close() {
    DEVICE.close();
  }

  @ParameterizedTest
  @EnumSource(BinaryFunction.class)
  void operandsOfEqualShape(BinaryFunction f) {
    for (ElementType type : TYPES) {
      for (int count : COUNTS) {
        double[] x = DeviceData.normal(type, 1, count);
        double[] y = DeviceData.normal(type, 2, count);
        double[] expected = new double[count];
        for (int i = 0; i < count; i++) {
          expected[i] = f.of(type, x[i], y[i]);
        }
        long right = DEVICE.of(type, y);
        for (long left : new long[] {DEVICE.of(type, x), DEVICE.shiftedOf(type, x)}) {
          long z = DEVICE.empty(type, count);
          DEVICE.run(BinaryKernel.same(DEVICE.library(), f.kernel(), type, left, right, z, count));
          assertThat(DEVICE.read(type, z, count)).as("%s of %d", type, count).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void greatestAndLeastShowNaN() {
    double nan = Double.NaN;
    for (ElementType type : TYPES) {
      for (int count : new int[] {2, 16}) {
        double[] x = new double[count];
        double[] y = new double[count];
        x[0] = nan;
        y[1] = nan;
        for (String function : new String[] {"max", "min"}) {
          long z = DEVICE.empty(type, count);
          DEVICE.run(
              BinaryKernel.same(
                  DEVICE.library(),
                  function,
                  type,
                  DEVICE.of(type, x),
                  DEVICE.of(type, y),
                  z,
                  count));
          assertThat(DEVICE.read(type, z, count)).startsWith(nan, nan);
        }
      }
    }
  }

  @Test
  void relationsAndSelection() {
    double[] x = {1, 2, 3, Double.NaN, -0.0};
    double[] y = {2, 2, 2, 1, 0.0};
    double[][] expected = {
      {1, 0, 0, 0, 0}, {1, 1, 0, 0, 1}, {0, 1, 0, 0, 1}, {0, 0, 1, 0, 0}, {0, 1, 1, 0, 1}
    };
    for (ElementType type : TYPES) {
      long left = DEVICE.of(type, x);
      long right = DEVICE.of(type, y);
      for (int relation = 0; relation < expected.length; relation++) {
        long z = DEVICE.empty(ElementType.U8, 5);
        DEVICE.run(BinaryKernel.compare(DEVICE.library(), relation, type, left, right, z, 5));
        assertThat(DEVICE.read(ElementType.U8, z, 5)).isEqualTo(expected[relation]);
      }
      long condition = DEVICE.of(ElementType.U8, 0, 1, 255, 0, 1);
      long z = DEVICE.empty(type, 5);
      DEVICE.run(BinaryKernel.where(DEVICE.library(), type, condition, left, right, z, 5));
      assertThat(DEVICE.read(type, z, 5)).containsExactly(2, 2, 3, 1, -0.0);
    }
  }

  @Test
  void functionsWithConstants() {
    for (ElementType type : TYPES) {
      Rounding rounding = Rounding.of(type);
      for (int count : COUNTS) {
        double[] x = DeviceData.normal(type, 4, count);
        double[] affine = new double[count];
        double[] clamped = new double[count];
        double[] roots = new double[count];
        double[] naive = new double[count];
        for (int i = 0; i < count; i++) {
          affine[i] = rounding.stored(Math.fma(-1.5f, (float) x[i], 0.25f));
          clamped[i] = rounding.stored(Math.clamp((float) x[i], -0.5f, 0.75f));
          roots[i] = Math.pow(Math.abs(x[i]), 2.25);
          naive[i] = rounding.stored(roots[i]);
        }
        long from = DEVICE.shiftedOf(type, x);
        long y = DEVICE.empty(type, count);
        DEVICE.run(ScalarKernel.affine(DEVICE.library(), type, from, y, count, -1.5, 0.25));
        assertThat(DEVICE.read(type, y, count)).isEqualTo(affine);
        DEVICE.run(ScalarKernel.clamp(DEVICE.library(), type, from, y, count, -0.5, 0.75));
        assertThat(DEVICE.read(type, y, count)).isEqualTo(clamped);
        DEVICE.run(
            UnaryKernel.forward(DEVICE.library(), "abs", type, from, y, count),
            ScalarKernel.power(DEVICE.library(), type, y, y, count, 2.25));
        rounding.check("power", DEVICE.read(type, y, count), naive, roots);
      }
    }
  }

  @Test
  void constantsReachEveryElement() {
    for (ElementType type :
        new ElementType[] {ElementType.F32, ElementType.BF16, ElementType.I32, ElementType.U8}) {
      for (int count : COUNTS) {
        long out = DEVICE.shifted(type, count);
        DEVICE.run(FillKernel.prepare(DEVICE.library(), type, out, count, 200));
        assertThat(DEVICE.read(type, out, count)).hasSize(count).containsOnly(200);
      }
    }
  }
}
