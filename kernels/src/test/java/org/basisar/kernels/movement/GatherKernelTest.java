package org.basisar.kernels.movement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuException;
import org.basisar.kernels.DeviceData;
import org.basisar.kernels.Rounding;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GatherKernelTest {
  private static final DeviceData DEVICE = new DeviceData();

  @AfterAll
  static void close() {
    DEVICE.close();
  }

  private static double[] index(int chosen, int entries) {
    double[] index = new double[chosen];
    for (int i = 0; i < chosen; i++) {
      index[i] = i * i % entries;
    }
    return index;
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1, 1", "3, 7, 33, 1", "2, 5, 3, 31", "1, 113, 31, 32", "2, 3, 7, 8"})
  void chosenEntriesAreCopied(int outer, int entries, int chosen, int inner) {
    double[] index = index(chosen, entries);
    double[] x = new double[outer * entries * inner];
    for (int i = 0; i < x.length; i++) {
      x[i] = i * 151 % 251;
    }
    double[] expected = new double[outer * chosen * inner];
    for (int i = 0; i < expected.length; i++) {
      int from = i / inner / chosen * entries + (int) index[i / inner % chosen];
      expected[i] = x[from * inner + i % inner];
    }
    for (ElementType type : ElementType.values()) {
      long at = DEVICE.of(ElementType.I32, index);
      for (long from : new long[] {DEVICE.of(type, x), DEVICE.shiftedOf(type, x)}) {
        long y = DEVICE.empty(type, expected.length);
        DEVICE.run(
            GatherKernel.gather(
                DEVICE.library(), type.bytes(), from, at, y, outer, entries, chosen, inner));
        assertThat(DEVICE.read(type, y, expected.length)).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 1",
    "3, 7, 33, 1",
    "2, 5, 3, 31",
    "1, 11, 113, 33",
    "2, 3, 31, 100",
    "1, 4, 0, 40"
  })
  void entriesAreSumsInOrder(int outer, int entries, int chosen, int inner) {
    double[] index = index(chosen, entries);
    for (ElementType type : new ElementType[] {ElementType.F32, ElementType.BF16}) {
      double[] g = DeviceData.normal(type, 1, outer * chosen * inner);
      double[] expected = new double[outer * entries * inner];
      for (int i = 0; i < expected.length; i++) {
        float sum = 0;
        for (int k = 0; k < chosen; k++) {
          if (index[k] == i / inner % entries) {
            sum += (float) g[(i / inner / entries * chosen + k) * inner + i % inner];
          }
        }
        expected[i] = Rounding.of(type).stored(sum);
      }
      long from = DEVICE.of(type, g);
      long at = DEVICE.of(ElementType.I32, index);
      long y = DEVICE.shifted(type, expected.length);
      DEVICE.run(
          GatherKernel.scatterAdd(
              DEVICE.library(), type, from, at, y, outer, entries, chosen, inner));
      assertThat(DEVICE.read(type, y, expected.length)).isEqualTo(expected);
      DEVICE.run(
          GatherKernel.simpleScatterAdd(
              DEVICE.library(), type, from, at, y, outer, entries, chosen, inner));
      assertThat(DEVICE.read(type, y, expected.length)).as("simple").isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 3})
  void anIndexOutsideTheAxisEndsTheKernel(int wrong) {
    try (DeviceData device = new DeviceData()) {
      long x = device.of(ElementType.F32, 1, 2, 3);
      long index = device.of(ElementType.I32, 1, wrong);
      long y = device.empty(ElementType.F32, 2);
      assertThatThrownBy(
              () -> device.run(GatherKernel.gather(device.library(), 4, x, index, y, 1, 3, 2, 1)))
          .isInstanceOf(GpuException.class);
    }
  }
}
