package org.basisar.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.stream.Stream;
import org.basisar.gpu.sim.OneInstruction.Values;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class IntegerInstructionsTest {

  /** What an instruction gives for operands as raw bits. */
  interface Expected {
    long of(long a, long b, long c);
  }

  private static Arguments two(String name, Expected expected) {
    return Arguments.of(name, name + " %d, %a, %b;", expected);
  }

  private static Arguments three(String name, Expected expected) {
    return Arguments.of(name, name + " %d, %a, %b, %c;", expected);
  }

  private static Arguments one(String name, Expected expected) {
    return Arguments.of(name, name + " %d, %a;", expected);
  }

  private static BigInteger unsigned(long x) {
    return new BigInteger(Long.toUnsignedString(x));
  }

  static Stream<Arguments> words() {
    return Stream.of(
        two("add.s32", (a, b, c) -> a + b),
        two("sub.u32", (a, b, c) -> a - b),
        two("mul.lo.s32", (a, b, c) -> a * b),
        two("mul.hi.s32", (a, b, c) -> ((long) (int) a * (int) b) >> 32),
        two("mul.hi.u32", (a, b, c) -> (a * b) >>> 32),
        two("div.s32", (a, b, c) -> b == 0 ? -1 : (int) a / (int) b),
        two("div.u32", (a, b, c) -> b == 0 ? -1 : a / b),
        two("rem.s32", (a, b, c) -> b == 0 ? a : (int) a % (int) b),
        two("rem.u32", (a, b, c) -> b == 0 ? a : a % b),
        two("min.s32", (a, b, c) -> Math.min((int) a, (int) b)),
        two("max.s32", (a, b, c) -> Math.max((int) a, (int) b)),
        two("min.u32", (a, b, c) -> Math.min(a, b)),
        two("max.u32", (a, b, c) -> Math.max(a, b)),
        two(
            "add.sat.s32",
            (a, b, c) -> Math.clamp((long) (int) a + (int) b, -1L << 31, (1L << 31) - 1)),
        one("neg.s32", (a, b, c) -> -a),
        one("abs.s32", (a, b, c) -> Math.abs((int) a)),
        two("and.b32", (a, b, c) -> a & b),
        two("or.b32", (a, b, c) -> a | b),
        two("xor.b32", (a, b, c) -> a ^ b),
        one("not.b32", (a, b, c) -> ~a),
        one("cnot.b32", (a, b, c) -> a == 0 ? 1 : 0),
        two("shl.b32", (a, b, c) -> b > 31 ? 0 : a << b),
        two("shr.u32", (a, b, c) -> b > 31 ? 0 : a >>> b),
        two("shr.s32", (a, b, c) -> (int) a >> Math.min(b, 31)),
        one("popc.b32", (a, b, c) -> Long.bitCount(a)),
        one("clz.b32", (a, b, c) -> Long.numberOfLeadingZeros(a) - 32),
        one("brev.b32", (a, b, c) -> Long.reverse(a) >>> 32),
        one("bfind.u32", (a, b, c) -> 63 - Long.numberOfLeadingZeros(a)),
        three("mad.lo.s32", (a, b, c) -> a * b + c),
        three("mad.hi.u32", (a, b, c) -> ((a * b) >>> 32) + c),
        three("shf.l.wrap.b32", (a, b, c) -> ((b << 32 | a) << (c & 31)) >>> 32),
        three("shf.r.wrap.b32", (a, b, c) -> (b << 32 | a) >>> (c & 31)),
        three("shf.l.clamp.b32", (a, b, c) -> c > 31 ? a : ((b << 32 | a) << c) >>> 32),
        three("shf.r.clamp.b32", (a, b, c) -> c > 31 ? b : (b << 32 | a) >>> c),
        Arguments.of(
            "lop3.b32 xor", "lop3.b32 %d, %a, %b, %c, 0x96;", (Expected) (a, b, c) -> a ^ b ^ c),
        Arguments.of(
            "lop3.b32 select",
            "lop3.b32 %d, %a, %b, %c, 0xca;",
            (Expected) (a, b, c) -> (a & b) | (~a & c)),
        Arguments.of("prmt identity", "prmt.b32 %d, %a, %b, 0x3210;", (Expected) (a, b, c) -> a),
        Arguments.of(
            "prmt swap",
            "prmt.b32 %d, %a, %b, 0x5410;",
            (Expected) (a, b, c) -> (a & 0xffff) | (b & 0xffff) << 16),
        Arguments.of(
            "prmt sign",
            "prmt.b32 %d, %a, %b, 0xbb3b;",
            (Expected)
                (a, b, c) -> {
                  long sign = (int) a < 0 ? 0xff : 0;
                  return sign | (a >>> 24) << 8 | sign << 16 | sign << 24;
                }),
        Arguments.of("bfe.u32", "bfe.u32 %d, %a, 5, 9;", (Expected) (a, b, c) -> (a >>> 5) & 0x1ff),
        Arguments.of(
            "bfe.s32", "bfe.s32 %d, %a, 5, 9;", (Expected) (a, b, c) -> (int) a << 18 >> 23),
        Arguments.of(
            "bfi.b32",
            "bfi.b32 %d, %a, %b, 8, 4;",
            (Expected) (a, b, c) -> (b & ~0xf00L) | (a & 15) << 8));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("words")
  void wordsAreComputed(String name, String text, Expected expected) {
    Values[] operands = Operands.words("b32");
    Values third = Operands.random("b32", operands[0].bits().length, 7);

    long[] result = OneInstruction.run(text, "b32", operands[0], operands[1], third);

    check(result, expected, 0xffffffffL, operands[0], operands[1], third);
  }

  static Stream<Arguments> narrows() {
    return Stream.of(
        two("add.s16", (a, b, c) -> a + b),
        two("sub.s16", (a, b, c) -> a - b),
        two("mul.lo.s16", (a, b, c) -> a * b),
        two("div.u16", (a, b, c) -> b == 0 ? -1 : a / b),
        two("div.s16", (a, b, c) -> b == 0 ? -1 : (short) a / (short) b),
        two("rem.s16", (a, b, c) -> b == 0 ? a : (short) a % (short) b),
        two("min.s16", (a, b, c) -> Math.min((short) a, (short) b)),
        two("max.u16", (a, b, c) -> Math.max(a, b)),
        two("and.b16", (a, b, c) -> a & b),
        one("not.b16", (a, b, c) -> ~a),
        one("neg.s16", (a, b, c) -> -a),
        Arguments.of("shr.s16", "shr.s16 %d, %a, 3;", (Expected) (a, b, c) -> (short) a >> 3),
        Arguments.of("shl.b16", "shl.b16 %d, %a, 3;", (Expected) (a, b, c) -> a << 3),
        Arguments.of("or.b16 constant", "or.b16 %d, %a, -256;", (Expected) (a, b, c) -> a | 0xff00),
        three("mad.lo.s16", (a, b, c) -> a * b + c));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("narrows")
  void narrowsAreComputed(String name, String text, Expected expected) {
    Values[] operands = Operands.words("b16");
    Values third = Operands.random("b16", operands[0].bits().length, 7);

    long[] result = OneInstruction.run(text, "b16", operands[0], operands[1], third);

    check(result, expected, 0xffff, operands[0], operands[1], third);
  }

  static Stream<Arguments> wides() {
    return Stream.of(
        two("add.s64", (a, b, c) -> a + b),
        two("sub.s64", (a, b, c) -> a - b),
        two("mul.lo.s64", (a, b, c) -> a * b),
        two(
            "mul.hi.s64",
            (a, b, c) ->
                BigInteger.valueOf(a).multiply(BigInteger.valueOf(b)).shiftRight(64).longValue()),
        two(
            "mul.hi.u64",
            (a, b, c) -> unsigned(a).multiply(unsigned(b)).shiftRight(64).longValue()),
        two("div.s64", (a, b, c) -> b == 0 ? -1 : a / b),
        two("div.u64", (a, b, c) -> b == 0 ? -1 : unsigned(a).divide(unsigned(b)).longValue()),
        two("rem.u64", (a, b, c) -> b == 0 ? a : unsigned(a).mod(unsigned(b)).longValue()),
        two("rem.s64", (a, b, c) -> b == 0 ? a : a % b),
        two("min.u64", (a, b, c) -> unsigned(a).min(unsigned(b)).longValue()),
        two("max.s64", (a, b, c) -> Math.max(a, b)),
        two("xor.b64", (a, b, c) -> a ^ b),
        one("neg.s64", (a, b, c) -> -a),
        three("mad.lo.s64", (a, b, c) -> a * b + c),
        Arguments.of(
            "shl.b64",
            "cvt.u32.u64 %t, %b; shl.b64 %d, %a, %t;",
            (Expected) (a, b, c) -> (b & 0xffffffffL) > 63 ? 0 : a << b),
        Arguments.of(
            "shr.s64",
            "cvt.u32.u64 %t, %b; shr.s64 %d, %a, %t;",
            (Expected) (a, b, c) -> a >> Math.min(b & 0xffffffffL, 63)),
        Arguments.of(
            "mul.wide.s32",
            "cvt.u32.u64 %s, %a; cvt.u32.u64 %t, %b; mul.wide.s32 %d, %s, %t;",
            (Expected) (a, b, c) -> (long) (int) a * (int) b),
        Arguments.of(
            "mul.wide.u32",
            "cvt.u32.u64 %s, %a; cvt.u32.u64 %t, %b; mul.wide.u32 %d, %s, %t;",
            (Expected) (a, b, c) -> (a & 0xffffffffL) * (b & 0xffffffffL)),
        Arguments.of(
            "mad.wide.s32",
            "cvt.u32.u64 %s, %a; cvt.u32.u64 %t, %b; mad.wide.s32 %d, %s, %t, %c;",
            (Expected) (a, b, c) -> (long) (int) a * (int) b + c),
        Arguments.of(
            "popc.b64",
            "popc.b64 %t, %a; cvt.u64.u32 %d, %t;",
            (Expected) (a, b, c) -> Long.bitCount(a)),
        Arguments.of(
            "clz.b64",
            "clz.b64 %t, %a; cvt.u64.u32 %d, %t;",
            (Expected) (a, b, c) -> Long.numberOfLeadingZeros(a)),
        Arguments.of(
            "bfi.b64",
            "bfi.b64 %d, %a, %b, 40, 8;",
            (Expected) (a, b, c) -> (b & ~(0xffL << 40)) | (a & 0xff) << 40),
        Arguments.of(
            "slct.b64.s32",
            "cvt.u32.u64 %t, %b; slct.b64.s32 %d, %a, %c, %t;",
            (Expected) (a, b, c) -> (int) b >= 0 ? a : c));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wides")
  void widesAreComputed(String name, String text, Expected expected) {
    Values[] operands = Operands.wides();
    Values third = Operands.random("b64", operands[0].bits().length, 7);

    long[] result = OneInstruction.run(text, "b64", operands[0], operands[1], third);

    check(result, expected, -1, operands[0], operands[1], third);
  }

  @Test
  void carriesMakeLongIntegers() {
    Values[] operands = Operands.wides();
    String split = "mov.b64 {%s, %t}, %a; mov.b64 {%x, %y}, %b;";
    String declare = "{ .reg .b32 %x, %y, %u, %v;" + split;
    String join = "mov.b64 %d, {%u, %v}; }";

    long[] sums =
        OneInstruction.run(
            declare + "add.cc.u32 %u, %s, %x; addc.u32 %v, %t, %y;" + join, "b64", operands);
    long[] differences =
        OneInstruction.run(
            declare + "sub.cc.u32 %u, %s, %x; subc.u32 %v, %t, %y;" + join, "b64", operands);
    long[] products =
        OneInstruction.run(
            declare
                + "mul.lo.u32 %u, %s, %x; mul.hi.u32 %v, %s, %x;"
                + "mad.lo.cc.u32 %v, %s, %y, %v; madc.lo.u32 %v, %t, %x, %v;"
                + join,
            "b64",
            operands);

    check(sums, (a, b, c) -> a + b, -1, operands[0], operands[1], operands[0]);
    check(differences, (a, b, c) -> a - b, -1, operands[0], operands[1], operands[0]);
    for (int i = 0; i < products.length; i++) {
      long a = operands[0].bits()[i];
      long b = operands[1].bits()[i];
      // The carry of the lower product's sum goes into the upper one, as the text asks for.
      long upper = ((a & 0xffffffffL) * (b & 0xffffffffL)) >>> 32;
      long sum = upper + ((a * (b >>> 32)) & 0xffffffffL);
      long expected = (a * b) + ((sum >>> 32 & 1) << 32);
      assertThat(products[i]).isEqualTo(expected);
    }
  }

  private static void check(
      long[] result, Expected expected, long mask, Values a, Values b, Values c) {
    for (int i = 0; i < result.length; i++) {
      long wanted = expected.of(a.bits()[i], b.bits()[i], c.bits()[i]) & mask;
      assertThat(result[i])
          .as("%x, %x, %x", a.bits()[i], b.bits()[i], c.bits()[i])
          .isEqualTo(wanted);
    }
  }
}
