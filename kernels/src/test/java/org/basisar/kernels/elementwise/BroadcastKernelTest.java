package org.basisar.kernels.elementwise;

import static org.assertj.core.api.Assertions.assertThat;

import org.basisar.gpu.ElementType;
import org.basisar.kernels.DeviceData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class BroadcastKernelTest {
  private static final DeviceData DEVICE = new DeviceData();
  private static final ElementType[] TYPES = {ElementType.F32, ElementType.BF16};

  @AfterAll
  static void close() {
    DEVICE.close();
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

  private static void checkBroadcast(BinaryFunction f, int[] extents, int[] left, int[] right) {
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
            BroadcastKernel.prepare(
                DEVICE.library(), f.kernel(), type, from, with, z, extents, left, right));
        assertThat(DEVICE.read(type, z, count)).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(BinaryFunction.class)
  void operandsThatAreRepeated(BinaryFunction f) {
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
}
