package org.basisar.kernels.elementwise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
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

  enum Function {
    ADD,
    SUB,
    MUL,
    DIV,
    MAX,
    MIN;

    private double value(double x, double y) {
      return switch (this) {
        case ADD -> x + y;
        case SUB -> x - y;
        case MUL -> x * y;
        case DIV -> x / y;
        case MAX -> Math.max(x, y);
        case MIN -> Math.min(x, y);
      };
    }

    private String kernel() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** In fp32, then as stored. */
    private double of(ElementType type, double x, double y) {
      return Rounding.of(type).stored((float) value(x, y));
    }
  }

  @AfterAll
  static void close() {
    DEVICE.close();
  }

  @ParameterizedTest
  @EnumSource(Function.class)
  void operandsOfEqualShape(Function f) {
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

  /** The number at {@code i} of z, of an operand with strides. */
  private static double at(double[] x, int i, int[] extents, int[] strides) {
    int from = 0;
    int rest = i;
    for (int axis = extents.length - 1; axis >= 0; axis--) {
      from += rest % extents[axis] * strides[axis];
      rest /= extents[axis];
    }
    return x[from];
  }

  private static void checkBroadcast(Function f, int[] extents, int[] left, int[] right) {
    int count = 1;
    for (int extent : extents) {
      count *= extent;
    }
    int reach = 2 * count; // strides leave gaps
    for (ElementType type : TYPES) {
      double[] x = DeviceData.normal(type, 1, reach);
      double[] y = DeviceData.normal(type, 2, reach);
      double[] expected = new double[count];
      for (int i = 0; i < count; i++) {
        expected[i] = f.of(type, at(x, i, extents, left), at(y, i, extents, right));
      }
      long from = DEVICE.of(type, x);
      long z = DEVICE.empty(type, count);
      for (long with : new long[] {DEVICE.of(type, y), DEVICE.shiftedOf(type, y)}) {
        DEVICE.run(
            BinaryKernel.broadcast(
                DEVICE.library(), f.kernel(), type, from, with, z, extents, left, right));
        assertThat(DEVICE.read(type, z, count)).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Function.class)
  void operandsThatAreRepeated(Function f) {
    // Odd rows; whole packs; packs with a number for a row, on either side; rows that are not packs
    // apart.
    checkBroadcast(
        f,
        new int[] {2, 1, 3, 5, 1, 7},
        new int[] {105, 0, 35, 7, 0, 1},
        new int[] {0, 0, 7, 0, 0, 1});
    checkBroadcast(
        f,
        new int[] {1, 1, 1, 3, 5, 24},
        new int[] {0, 0, 0, 120, 24, 1},
        new int[] {0, 0, 0, 0, 24, 1});
    checkBroadcast(
        f,
        new int[] {1, 1, 1, 1, 33, 8},
        new int[] {0, 0, 0, 0, 8, 1},
        new int[] {0, 0, 0, 0, 1, 0});
    checkBroadcast(
        f,
        new int[] {1, 1, 1, 1, 5, 16},
        new int[] {0, 0, 0, 0, 3, 0},
        new int[] {0, 0, 0, 0, 0, 1});
    checkBroadcast(
        f,
        new int[] {1, 1, 1, 1, 5, 8},
        new int[] {0, 0, 0, 0, 9, 1},
        new int[] {0, 0, 0, 0, 8, 1});
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
