package org.basisar.gpu.sim;

import static java.lang.Float.floatToRawIntBits;
import static java.lang.Float.intBitsToFloat;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.stream.Stream;
import org.basisar.gpu.sim.OneInstruction.Values;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ConversionInstructionsTest {

  interface Expected {
    long of(long bits);
  }

  private static Arguments of(String name, String result, Values operand, Expected expected) {
    return Arguments.of(name, result, operand, expected);
  }

  /** The lower half as a signed number. */
  private static long signed(long bits) {
    return bits << 32 >> 32;
  }

  private static float single(long bits) {
    return intBitsToFloat((int) bits);
  }

  static Stream<Arguments> conversions() {
    Values words = Operands.words("b32")[1];
    Values narrow = Operands.words("b16")[1];
    Values wides = Operands.wides()[1];
    Values singles = Operands.singles()[1];
    Values doubles = Operands.doubles()[1];
    return Stream.of(
        of("cvt.u32.u64", "b32", wides, x -> x),
        of("cvt.s64.s32", "b64", words, x -> (int) x),
        of("cvt.u64.u32", "b64", words, x -> x),
        of("cvt.u32.u16", "b32", narrow, x -> x),
        of("cvt.s32.s16", "b32", narrow, x -> (short) x),
        of("cvt.s32.s8", "b32", words, x -> (byte) x),
        of("cvt.u32.u8", "b32", words, x -> x & 0xff),
        of("cvt.s16.s8", "b16", narrow, x -> (byte) x),
        of("cvt.sat.s8.s32", "b32", words, x -> Math.clamp(signed(x), -128, 127)),
        of("cvt.sat.u8.s32", "b32", words, x -> Math.clamp(signed(x), 0, 255)),
        of("cvt.sat.u32.s64", "b32", wides, x -> Math.clamp(x, 0, 0xffffffffL)),
        of("cvt.rn.f32.s32", "b32", words, x -> floatToRawIntBits((int) x)),
        of("cvt.rn.f32.u32", "b32", words, x -> floatToRawIntBits((float) x)),
        of("cvt.rz.f32.u32", "b32", words, x -> floatToRawIntBits(towardsZero(x))),
        of(
            "cvt.rn.f32.u64",
            "b32",
            wides,
            x -> floatToRawIntBits(new BigDecimal(Long.toUnsignedString(x)).floatValue())),
        of("cvt.rn.f64.s64", "b64", wides, x -> Double.doubleToRawLongBits((double) x)),
        of("cvt.rni.s32.f32", "b32", singles, x -> (int) Math.rint(single(x))),
        of("cvt.rzi.s32.f32", "b32", singles, x -> (int) single(x)),
        of("cvt.rmi.s32.f32", "b32", singles, x -> (int) Math.floor(single(x))),
        of("cvt.rpi.s32.f32", "b32", singles, x -> (int) Math.ceil(single(x))),
        of("cvt.rzi.u32.f32", "b32", singles, x -> Math.clamp((long) single(x), 0, 0xffffffffL)),
        of("cvt.rzi.s64.f64", "b64", doubles, x -> (long) Double.longBitsToDouble(x)),
        of("cvt.rni.f32.f32", "b32", singles, x -> floatToRawIntBits((float) Math.rint(single(x)))),
        of(
            "cvt.rmi.f32.f32",
            "b32",
            singles,
            x -> floatToRawIntBits((float) Math.floor(single(x)))),
        of(
            "cvt.sat.f32.f32",
            "b32",
            singles,
            x -> floatToRawIntBits(single(x) > 0 ? Math.min(1, single(x)) : 0f)),
        of("cvt.f64.f32", "b64", singles, x -> Double.doubleToRawLongBits(single(x))),
        of(
            "cvt.rn.f32.f64",
            "b32",
            doubles,
            x -> floatToRawIntBits((float) Double.longBitsToDouble(x))),
        of("cvt.rn.bf16.f32", "b16", singles, ConversionInstructionsTest::toBf16),
        of(
            "cvt.rn.relu.bf16.f32",
            "b16",
            singles,
            x -> single(x) < 0 || x == 0x80000000L ? 0 : toBf16(x)),
        of("cvt.rz.bf16.f32", "b16", singles, x -> Float.isNaN(single(x)) ? 0x7fff : x >>> 16),
        of("cvt.f32.bf16", "b32", narrow, x -> x << 16),
        of("cvt.rn.f16.f32", "b16", singles, x -> Float.floatToFloat16(single(x))),
        of("cvt.f32.f16", "b32", narrow, x -> floatToRawIntBits(Float.float16ToFloat((short) x))),
        of(
            "cvt.rna.tf32.f32",
            "b32",
            new Values("b32", 0x3f800fff, 0x3f801000, 0x3f803000, 0xbf801000L),
            x -> (x + 0x1000) & 0xffffe000L));
  }

  private static float towardsZero(long x) {
    float nearest = (float) x;
    return (long) nearest > x ? Math.nextDown(nearest) : nearest;
  }

  /** To seven bits after the point, half to even, by decimal arithmetic. */
  private static long toBf16(long bits) {
    float x = single(bits);
    if (Float.isNaN(x)) {
      return 0x7fff;
    }
    if (Float.isInfinite(x) || x == 0) {
      return bits >>> 16;
    }
    float below = intBitsToFloat((int) bits & 0xffff0000);
    float above = intBitsToFloat(((int) bits & 0xffff0000) + 0x10000);
    if (below == x) {
      return bits >>> 16;
    }
    BigDecimal up =
        Float.isInfinite(above)
            ? new BigDecimal(2).pow(128).multiply(BigDecimal.valueOf(Math.signum(x)))
            : new BigDecimal(above);
    BigDecimal middle =
        new BigDecimal(below).add(up).divide(BigDecimal.TWO, 200, RoundingMode.UNNECESSARY);
    int side = new BigDecimal(x).abs().compareTo(middle.abs());
    boolean upwards = side > 0 || (side == 0 && (bits >>> 16 & 1) == 1);
    return (bits >>> 16) + (upwards ? 1 : 0);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("conversions")
  void typesAreConverted(String name, String type, Values operand, Expected expected) {
    long[] result = OneInstruction.run(name + " %d, %a;", type, operand);

    long mask = type.equals("b16") ? 0xffff : type.equals("b32") ? 0xffffffffL : -1;
    boolean single = name.contains(".f32.f");
    for (int i = 0; i < result.length; i++) {
      long wanted = expected.of(operand.bits()[i]) & mask;
      boolean bothNan = single && Float.isNaN(single(result[i])) && Float.isNaN(single(wanted));
      assertThat(bothNan || result[i] == wanted)
          .as("%x gave %x, not %x", operand.bits()[i], result[i], wanted)
          .isTrue();
    }
  }

  @Test
  void pairsArePacked() {
    Values[] operands = Operands.singles();

    long[] result = OneInstruction.run("cvt.rn.bf16x2.f32 %d, %a, %b;", "b32", operands);

    for (int i = 0; i < result.length; i++) {
      assertThat(result[i])
          .isEqualTo(toBf16(operands[0].bits()[i]) << 16 | toBf16(operands[1].bits()[i]));
    }
  }

  @Test
  void registersMayBeWiderThanTypes() {
    Values wides = Operands.wides()[1];

    long[] result = OneInstruction.run("cvt.s64.s32 %d, %a;", "b64", wides);

    for (int i = 0; i < result.length; i++) {
      assertThat(result[i]).isEqualTo(signed(wides.bits()[i]));
    }
  }
}
