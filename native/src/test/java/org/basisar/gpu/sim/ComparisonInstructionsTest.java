package org.basisar.gpu.sim;

import static java.lang.Float.intBitsToFloat;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.basisar.gpu.sim.OneInstruction.Values;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ComparisonInstructionsTest {

  @ParameterizedTest
  @CsvSource({
    "eq, s32", "ne, s32", "lt, s32", "le, s32", "gt, s32", "ge, s32", "lt, u32", "le, u32",
    "gt, u32", "ge, u32", "lo, u32", "hs, u32", "eq, b32", "lt, s16", "ge, s16", "lt, u16",
    "gt, u16", "eq, s16", "eq, s64", "ne, b64", "lt, s64", "le, s64", "gt, s64", "ge, s64",
    "lt, u64", "le, u64", "gt, u64", "ge, u64"
  })
  void integersAreCompared(String operator, String type) {
    Values[] operands =
        type.endsWith("64")
            ? Operands.wides()
            : Operands.words(type.endsWith("16") ? "b16" : "b32");

    long[] result =
        OneInstruction.run("setp." + operator + "." + type + " %d, %a, %b;", "pred", operands);

    for (int i = 0; i < result.length; i++) {
      long a = operands[0].bits()[i];
      long b = operands[1].bits()[i];
      int order =
          switch (type) {
            case "s16" -> Short.compare((short) a, (short) b);
            case "s32" -> Integer.compare((int) a, (int) b);
            case "s64" -> Long.compare(a, b);
            default -> Long.compareUnsigned(a, b);
          };
      boolean expected =
          switch (operator) {
            case "eq" -> order == 0;
            case "ne" -> order != 0;
            case "lt", "lo" -> order < 0;
            case "le" -> order <= 0;
            case "gt" -> order > 0;
            default -> order >= 0;
          };
      assertThat(result[i]).as("%x, %x", a, b).isEqualTo(expected ? 1 : 0);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "eq", "ne", "lt", "le", "gt", "ge", "equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan"
  })
  void singlesAndDoublesAreCompared(String operator) {
    Values[] singles = Operands.singles();
    Values[] doubles = Operands.doubles();

    long[] single = OneInstruction.run("setp." + operator + ".f32 %d, %a, %b;", "pred", singles);
    long[] twice = OneInstruction.run("setp." + operator + ".f64 %d, %a, %b;", "pred", doubles);

    for (int i = 0; i < single.length; i++) {
      float a = intBitsToFloat((int) singles[0].bits()[i]);
      float b = intBitsToFloat((int) singles[1].bits()[i]);
      assertThat(single[i]).as("%s, %s", a, b).isEqualTo(holds(operator, a, b) ? 1 : 0);
      double x = Double.longBitsToDouble(doubles[0].bits()[i]);
      double y = Double.longBitsToDouble(doubles[1].bits()[i]);
      assertThat(twice[i]).as("%s, %s", x, y).isEqualTo(holds(operator, x, y) ? 1 : 0);
    }
  }

  private static boolean holds(String operator, double a, double b) {
    boolean unordered = Double.isNaN(a) || Double.isNaN(b);
    return switch (operator) {
      case "eq" -> a == b;
      case "ne" -> !unordered && a != b;
      case "lt" -> a < b;
      case "le" -> a <= b;
      case "gt" -> a > b;
      case "ge" -> a >= b;
      case "equ" -> unordered || a == b;
      case "neu" -> unordered || a != b;
      case "ltu" -> unordered || a < b;
      case "leu" -> unordered || a <= b;
      case "gtu" -> unordered || a > b;
      case "geu" -> unordered || a >= b;
      case "num" -> !unordered;
      default -> unordered;
    };
  }

  @Test
  void predicatesAreCombined() {
    Values[] operands = Operands.words("b32");
    Values flag = new Values("pred", alternating(operands[0].bits().length));

    long[] both =
        OneInstruction.run(
            "setp.lt.and.s32 %d, %a, %b, !%c;", "pred", operands[0], operands[1], flag);
    long[] second =
        OneInstruction.run("setp.lt.s32 %p|%d, %a, %b;", "pred", operands[0], operands[1]);
    long[] logic =
        OneInstruction.run(
            "setp.lt.s32 %p, %a, %b; xor.pred %d, %p, %c;", "pred", operands[0], operands[1], flag);

    for (int i = 0; i < both.length; i++) {
      boolean less = (int) operands[0].bits()[i] < (int) operands[1].bits()[i];
      assertThat(both[i]).isEqualTo(less && i % 2 == 0 ? 1 : 0);
      assertThat(second[i]).isEqualTo(less ? 0 : 1);
      assertThat(logic[i]).isEqualTo(less != (i % 2 == 1) ? 1 : 0);
    }
  }

  private static long[] alternating(int count) {
    return Stream.iterate(0L, x -> 1 - x).limit(count).mapToLong(Long::longValue).toArray();
  }

  @Test
  void setGivesOnesOrOne() {
    Values[] operands = Operands.singles();

    long[] ones = OneInstruction.run("set.lt.u32.f32 %d, %a, %b;", "b32", operands);
    long[] one = OneInstruction.run("set.lt.f32.f32 %d, %a, %b;", "b32", operands);

    for (int i = 0; i < ones.length; i++) {
      float a = intBitsToFloat((int) operands[0].bits()[i]);
      float b = intBitsToFloat((int) operands[1].bits()[i]);
      assertThat(ones[i]).isEqualTo(a < b ? 0xffffffffL : 0);
      assertThat(intBitsToFloat((int) one[i])).isEqualTo(a < b ? 1f : 0f);
    }
  }

  @Test
  void propertiesAreTested() {
    Values operand = Operands.singles()[1];

    long[] finite = OneInstruction.run("testp.finite.f32 %d, %a;", "pred", operand);
    long[] subnormal = OneInstruction.run("testp.subnormal.f32 %d, %a;", "pred", operand);

    for (int i = 0; i < finite.length; i++) {
      float x = intBitsToFloat((int) operand.bits()[i]);
      assertThat(finite[i]).isEqualTo(Float.isFinite(x) ? 1 : 0);
      boolean small = x != 0 && Math.abs(x) < Float.MIN_NORMAL;
      assertThat(subnormal[i]).isEqualTo(small ? 1 : 0);
    }
  }
}
