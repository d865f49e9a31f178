package org.basisar.kernels.movement;

import static org.assertj.core.api.Assertions.assertThat;

import org.basisar.gpu.ElementType;
import org.basisar.kernels.DeviceData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class CopyKernelTest {
  private static final DeviceData DEVICE = new DeviceData();

  @AfterAll
  static void close() {
    DEVICE.close();
  }

  /** Different numbers, as far as a byte has them. */
  private static double[] numbers(int count) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = i * 151 % 251;
    }
    return values;
  }

  private static void checkStrided(ElementType type, int[] extents, int[] strides) {
    int[] at = new int[CopyKernel.AXES];
    int count = 1;
    int reach = 1;
    for (int axis = 0; axis < at.length; axis++) {
      count *= extents[axis];
      reach += (extents[axis] - 1) * strides[axis];
    }
    double[] x = numbers(reach);
    double[] expected = new double[count];
    for (int i = 0; i < count; i++) {
      int from = 0;
      int rest = i;
      for (int axis = at.length - 1; axis >= 0; axis--) {
        from += rest % extents[axis] * strides[axis];
        rest /= extents[axis];
      }
      expected[i] = x[from];
    }
    for (long from : new long[] {DEVICE.of(type, x), DEVICE.shiftedOf(type, x)}) {
      long y = DEVICE.empty(type, count);
      DEVICE.run(CopyKernel.strided(DEVICE.library(), type.bytes(), from, y, extents, strides));
      assertThat(DEVICE.read(type, y, count)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void stridedArraysBecomeDense(ElementType type) {
    // Nothing to join; rows of 16 bytes and more; rows of 2 elements; repeats; a single element.
    checkStrided(type, new int[] {1, 1, 1, 2, 3, 1, 5, 7}, new int[] {0, 0, 0, 1, 70, 0, 14, 2});
    checkStrided(
        type, new int[] {1, 1, 1, 1, 2, 5, 3, 64}, new int[] {0, 0, 0, 0, 960, 64, 320, 1});
    checkStrided(type, new int[] {1, 1, 1, 1, 1, 3, 5, 2}, new int[] {0, 0, 0, 0, 0, 10, 2, 1});
    checkStrided(type, new int[] {1, 1, 1, 1, 1, 3, 5, 113}, new int[] {0, 0, 0, 0, 0, 0, 113, 1});
    checkStrided(type, new int[] {1, 1, 1, 1, 1, 1, 33, 31}, new int[] {0, 0, 0, 0, 0, 0, 0, 0});
    checkStrided(type, new int[] {1, 1, 1, 1, 1, 1, 1, 1}, new int[CopyKernel.AXES]);
    checkStrided(type, new int[] {2, 2, 2, 2, 2, 2, 2, 3}, new int[] {64, 128, 1, 2, 4, 8, 16, 32});
  }

  @ParameterizedTest
  @CsvSource({"1, 2, 3", "1, 1, 1", "3, 31, 33", "2, 32, 64", "1, 113, 7", "2, 65, 1"})
  void matricesAreTransposed(int matrices, int rows, int columns) {
    int count = matrices * rows * columns;
    double[] x = numbers(count);
    double[] expected = new double[count];
    for (int i = 0; i < count; i++) {
      int matrix = i / (rows * columns);
      expected[i] = x[matrix * rows * columns + i % columns * rows + i / columns % rows];
    }
    for (ElementType type : ElementType.values()) {
      long from = DEVICE.shiftedOf(type, x);
      long y = DEVICE.shifted(type, count);
      DEVICE.run(
          CopyKernel.transpose(DEVICE.library(), type.bytes(), from, y, matrices, rows, columns));
      assertThat(DEVICE.read(type, y, count)).isEqualTo(expected);
      int[] extents = {1, 1, 1, 1, 1, matrices, rows, columns};
      int[] strides = {0, 0, 0, 0, 0, rows * columns, 1, rows};
      DEVICE.run(CopyKernel.strided(DEVICE.library(), type.bytes(), from, y, extents, strides));
      assertThat(DEVICE.read(type, y, count)).as("simple").isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1, 1", "3, 31, 40, 33", "5, 16, 64, 32", "2, 6, 8, 10", "1, 1023, 1023, 1023"})
  void stripsGoFromRowsToRows(int rows, int width, int sourceRow, int targetRow) {
    for (ElementType type : ElementType.values()) {
      double[] x = numbers(rows * sourceRow);
      for (boolean aligned : new boolean[] {true, false}) {
        double[] expected = new double[rows * targetRow];
        for (int row = 0; row < rows; row++) {
          System.arraycopy(x, row * sourceRow, expected, row * targetRow, width);
        }
        double[] zeros = new double[expected.length];
        long from = aligned ? DEVICE.of(type, x) : DEVICE.shiftedOf(type, x);
        long to = aligned ? DEVICE.of(type, zeros) : DEVICE.shiftedOf(type, zeros);
        DEVICE.run(
            CopyKernel.strips(
                DEVICE.library(), type.bytes(), from, sourceRow, to, targetRow, rows, width));
        assertThat(DEVICE.read(type, to, expected.length)).isEqualTo(expected);
      }
    }
  }

  @Test
  void neighboursMoveTogether() {
    long x = DEVICE.empty(ElementType.BF16, 3 * 64);
    long y = DEVICE.empty(ElementType.BF16, 3 * 64);
    long aligned = CopyKernel.strips(DEVICE.library(), 2, x, 64, y, 64, 3, 64).grid().blocksX();
    assertThat(aligned).isEqualTo(1);
    int[] extents = {1, 1, 1, 1, 1, 1, 512, 64};
    int[] strides = {0, 0, 0, 0, 0, 0, 128, 1};
    assertThat(CopyKernel.strided(DEVICE.library(), 2, x, y, extents, strides).grid().blocksX())
        .isEqualTo(512 * 64 / 8 / 256);
    assertThat(CopyKernel.strided(DEVICE.library(), 2, x + 4, y, extents, strides).grid().blocksX())
        .isEqualTo(512 * 64 / 2 / 256);
  }
}
