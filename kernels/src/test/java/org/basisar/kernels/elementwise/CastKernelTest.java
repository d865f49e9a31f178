package org.basisar.kernels.elementwise;

import static org.assertj.core.api.Assertions.assertThat;

import org.basisar.gpu.ElementType;
import org.basisar.kernels.DeviceData;
import org.basisar.kernels.Rounding;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class CastKernelTest {
  private static final DeviceData DEVICE = new DeviceData();

  @AfterAll
  static void close() {
    DEVICE.close();
  }

  private static double[] cast(ElementType from, ElementType to, double... x) {
    double[] simple = converted(from, to, DEVICE.shiftedOf(from, x), x.length);
    double[] fast = converted(from, to, DEVICE.of(from, x), x.length);
    assertThat(simple).isEqualTo(fast);
    return fast;
  }

  private static double[] converted(ElementType from, ElementType to, long x, int count) {
    long y = DEVICE.empty(to, count);
    DEVICE.run(CastKernel.prepare(DEVICE.library(), from, to, x, y, count));
    return DEVICE.read(to, y, count);
  }

  /** Every pair of types on numbers that both have. */
  @ParameterizedTest
  @EnumSource(ElementType.class)
  void numbersThatBothTypesHaveStayAsTheyAre(ElementType from) {
    for (ElementType to : ElementType.values()) {
      for (int count : new int[] {1, 8, 31, 33, 113, 1023}) {
        double[] x = new double[count];
        for (int i = 0; i < count; i++) {
          x[i] = i * 37 % 256;
        }
        if (from != to) {
          assertThat(cast(from, to, x)).as("%s to %s", from, to).isEqualTo(x);
        }
      }
    }
  }

  @Test
  void roundingIsToNearestEven() {
    double[] x = {0x1.01p0, 0x1.03p0, 0x1.010002p0, -0x1.01p0, 0x1.fffffep127, 0x1p-133, 0x1p-135};
    double[] expected = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      expected[i] = Rounding.BF16.stored(x[i]);
    }
    assertThat(expected).startsWith(1, 0x1.04p0, 0x1.02p0, -1, Double.POSITIVE_INFINITY);
    assertThat(cast(ElementType.F32, ElementType.BF16, x)).isEqualTo(expected);
  }

  @Test
  void doublesAreRoundedOnce() {
    // Rounded to fp32 first, the first would be a tie and become 1.
    double[] x = {0x1.0100000001p0, -0x1.0100000001p0, 0x1.00ffffffffp0, 0x1.01p0, 1e300, 1e-60};
    assertThat(cast(ElementType.F64, ElementType.BF16, x))
        .containsExactly(0x1.02p0, -0x1.02p0, 1, 1, Double.POSITIVE_INFINITY, 0);
    assertThat(cast(ElementType.I32, ElementType.BF16, (1 << 30) + (1 << 22) + 1, -257))
        .containsExactly(0x1.02p30, -256);
    assertThat(cast(ElementType.F64, ElementType.F32, 0.1, 1e300))
        .containsExactly(0.1f, Double.POSITIVE_INFINITY);
  }

  @Test
  void integersAreTruncatedAsInJava() {
    double[] x = {1.9, -1.9, 255.5, 256.5, -1, 3e9, -3e9, Double.NaN, Double.NEGATIVE_INFINITY};
    double[] ints = new double[x.length];
    double[] bytes = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      ints[i] = (int) (float) x[i];
      bytes[i] = (byte) (int) (float) x[i] & 0xff;
    }
    for (ElementType from : new ElementType[] {ElementType.F32, ElementType.F64}) {
      assertThat(cast(from, ElementType.I32, x)).isEqualTo(ints);
      assertThat(cast(from, ElementType.U8, x)).isEqualTo(bytes);
    }
    assertThat(cast(ElementType.BF16, ElementType.I32, -2.5, Double.NaN)).containsExactly(-2, 0);
    assertThat(cast(ElementType.I32, ElementType.U8, 257, -1)).containsExactly(1, 255);
  }
}
