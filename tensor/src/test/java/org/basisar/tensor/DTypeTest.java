package org.basisar.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class DTypeTest {
  @Test
  void everyBfloat16SurvivesTheTripThroughFloat() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = DType.fromBf16((short) bits);
      if (Float.isNaN(value)) {
        assertThat(DType.fromBf16(DType.toBf16(value))).isNaN();
      } else {
        assertThat(DType.toBf16(value)).isEqualTo((short) bits);
        assertThat(DType.toBf16((double) value)).isEqualTo((short) bits);
      }
    }
  }

  /** The neighbours on both sides, compared exactly; of equally near ones the even wins. */
  @Property(tries = 2000)
  void roundsToTheNearest(@ForAll int bits, @ForAll byte below) {
    float coarse = Float.intBitsToFloat(bits & 0xffff8000);
    double value = coarse * (1 + below * 0x1p-40);
    if (!Double.isFinite(value) || Math.abs(value) > 1e38 || Math.abs(value) < 1e-30) {
      return;
    }
    short rounded = DType.toBf16(value);
    BigDecimal error = distance(rounded, value);
    for (int step = -1; step <= 1; step += 2) {
      int order = error.compareTo(distance((short) (rounded + step), value));
      assertThat(order).isLessThanOrEqualTo(0);
      if (order == 0) {
        assertThat(rounded & 1).isZero();
      }
    }
  }

  private static BigDecimal distance(short bits, double value) {
    return new BigDecimal(DType.fromBf16(bits)).subtract(new BigDecimal(value)).abs();
  }

  @Test
  void aTieThatOnlyFloatSeesIsNoTie() {
    // 1 + 2^-8 lies between 1 and 1 + 2^-7; a little more belongs to the upper one.
    assertThat(DType.fromBf16(DType.toBf16(1 + 0x1p-8))).isEqualTo(1f);
    assertThat(DType.fromBf16(DType.toBf16(1 + 0x1p-8 + 0x1p-40))).isEqualTo(1 + 0x1p-7f);
    assertThat(DType.fromBf16(DType.toBf16(-1 - 0x1p-8 - 0x1p-40))).isEqualTo(-1 - 0x1p-7f);
    assertThat(DType.fromBf16(DType.toBf16(1 + 0x3p-8 - 0x1p-40))).isEqualTo(1 + 0x1p-7f);
  }

  @Test
  void arraysConvertAsTheCastSays() {
    double[] values = {-2.75, 0, 1.5, 255, 3.125};
    for (DType dtype : DType.values()) {
      double[] back = HostArrays.toDoubles(dtype, HostArrays.fromDoubles(dtype, values));
      switch (dtype) {
        case F64 -> assertThat(back).containsExactly(values);
        case F32 -> assertThat(back).containsExactly(-2.75, 0, 1.5, 255, 3.125);
        case BF16 -> assertThat(back).containsExactly(-2.75, 0, 1.5, 255, 3.125);
        case I32 -> assertThat(back).containsExactly(-2, 0, 1, 255, 3);
        case U8 -> assertThat(back).containsExactly(254, 0, 1, 255, 3);
      }
    }
  }
}
