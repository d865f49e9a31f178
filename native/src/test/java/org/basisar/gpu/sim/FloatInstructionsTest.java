package org.basisar.gpu.sim;

import static java.lang.Float.intBitsToFloat;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.basisar.gpu.sim.OneInstruction.Values;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class FloatInstructionsTest {

  interface Expected {
    float of(float a, float b);
  }

  private static Arguments two(String name, Expected expected) {
    return Arguments.of(name, name + " %d, %a, %b;", expected);
  }

  private static Arguments one(String name, Expected expected) {
    return Arguments.of(name, name + " %d, %a;", expected);
  }

  private static float flush(float x) {
    return Math.abs(x) < Float.MIN_NORMAL ? Math.copySign(0f, x) : x;
  }

  static Stream<Arguments> exact() {
    return Stream.of(
        two("add.f32", (a, b) -> a + b),
        two("sub.f32", (a, b) -> a - b),
        two("mul.f32", (a, b) -> a * b),
        two("div.rn.f32", (a, b) -> a / b),
        Arguments.of(
            "fma.rn.f32", "fma.rn.f32 %d, %a, %b, %a;", (Expected) (a, b) -> Math.fma(a, b, a)),
        two("add.ftz.f32", (a, b) -> flush(flush(a) + flush(b))),
        two("mul.ftz.f32", (a, b) -> flush(flush(a) * flush(b))),
        two("add.sat.f32", (a, b) -> a + b > 0 ? Math.min(1, a + b) : 0),
        two(
            "add.ftz.sat.f32",
            (a, b) -> flush(a) + flush(b) > 0 ? flush(Math.min(1, flush(a) + flush(b))) : 0),
        one("rcp.rn.f32", (a, b) -> 1 / a),
        one("sqrt.rn.f32", (a, b) -> (float) Math.sqrt(a)),
        one("neg.f32", (a, b) -> -a),
        one("abs.f32", (a, b) -> Math.abs(a)),
        two("copysign.f32", (a, b) -> Math.copySign(b, a)),
        two("max.f32", (a, b) -> Float.isNaN(a) ? b : Float.isNaN(b) ? a : Math.max(a, b)),
        two("min.f32", (a, b) -> Float.isNaN(a) ? b : Float.isNaN(b) ? a : Math.min(a, b)),
        two("max.NaN.f32", Math::max),
        Arguments.of(
            "selp.f32",
            "setp.lt.f32 %p, %a, %b; selp.f32 %d, %a, %b, %p;",
            (Expected) (a, b) -> a < b ? a : b));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("exact")
  void singlesAreComputed(String name, String text, Expected expected) {
    Values[] operands = Operands.singles();

    long[] result = OneInstruction.run(text, "b32", operands);

    for (int i = 0; i < result.length; i++) {
      float a = intBitsToFloat((int) operands[0].bits()[i]);
      float b = intBitsToFloat((int) operands[1].bits()[i]);
      float got = intBitsToFloat((int) result[i]);
      assertThat(Float.compare(got, expected.of(a, b)))
          .as("%s, %s gave %s, not %s", a, b, got, expected.of(a, b))
          .isZero();
    }
  }

  static Stream<Arguments> approximate() {
    DoubleUnaryOperator power = x -> Math.pow(2, x);
    DoubleUnaryOperator logarithm = x -> Math.log(x) / Math.log(2);
    return Stream.of(
        Arguments.of("ex2.approx.f32", power),
        Arguments.of(
            "ex2.approx.ftz.f32", (DoubleUnaryOperator) x -> flush((float) Math.pow(2, x))),
        Arguments.of("lg2.approx.f32", logarithm),
        Arguments.of("sin.approx.f32", (DoubleUnaryOperator) Math::sin),
        Arguments.of("cos.approx.f32", (DoubleUnaryOperator) Math::cos),
        Arguments.of("tanh.approx.f32", (DoubleUnaryOperator) Math::tanh),
        Arguments.of("rsqrt.approx.f32", (DoubleUnaryOperator) x -> 1 / Math.sqrt(x)),
        Arguments.of("rcp.approx.ftz.f32", (DoubleUnaryOperator) x -> flush(1 / flush((float) x))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("approximate")
  void functionsAreComputed(String name, DoubleUnaryOperator expected) {
    Values operand = Operands.singles()[1];

    long[] result = OneInstruction.run(name + " %d, %a;", "b32", operand);

    for (int i = 0; i < result.length; i++) {
      float x = intBitsToFloat((int) operand.bits()[i]);
      float wanted = (float) expected.applyAsDouble(x);
      float got = intBitsToFloat((int) result[i]);
      boolean close = Math.abs(got - wanted) <= Math.ulp(wanted) || Float.compare(got, wanted) == 0;
      assertThat(close).as("%s gave %s, not %s", x, got, wanted).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"rm", "rp", "rz"})
  void roundingHasADirection(String mode) {
    Values[] operands = Operands.singles();
    String text = "{ .reg .f32 %x; add." + mode + ".f32 %d, %a, %b; }";

    long[] sums = OneInstruction.run(text, "b32", operands);
    long[] products = OneInstruction.run("mul." + mode + ".f32 %d, %a, %b;", "b32", operands);

    for (int i = 0; i < sums.length; i++) {
      float a = intBitsToFloat((int) operands[0].bits()[i]);
      float b = intBitsToFloat((int) operands[1].bits()[i]);
      if (Float.isFinite(a) && Float.isFinite(b) && Float.isFinite(a + b)) {
        checkDirection(new BigDecimal(a).add(new BigDecimal(b)), sums[i], mode);
      }
      if (Float.isFinite(a) && Float.isFinite(b) && Float.isFinite(a * b)) {
        checkDirection(new BigDecimal(a).multiply(new BigDecimal(b)), products[i], mode);
      }
    }
  }

  private static void checkDirection(BigDecimal exact, long bits, String mode) {
    float got = intBitsToFloat((int) bits);
    if (Float.isInfinite(got)) {
      assertThat(mode).isEqualTo("rp");
      assertThat(exact).isGreaterThan(new BigDecimal(Float.MAX_VALUE));
      return;
    }
    int side = new BigDecimal(got).compareTo(exact);
    boolean down = mode.equals("rm") || (mode.equals("rz") && exact.signum() > 0);
    assertThat(down ? side <= 0 : side >= 0).as("%s for %s", got, exact).isTrue();
    float next = down ? Math.nextUp(got) : Math.nextDown(got);
    if (side != 0 && Float.isFinite(next)) {
      assertThat(new BigDecimal(next).compareTo(exact)).isEqualTo(-side);
    }
  }

  interface ExpectedDouble {
    double of(double a, double b);
  }

  private static Arguments wide(String name, ExpectedDouble expected) {
    return Arguments.of(name, name + " %d, %a, %b;", expected);
  }

  static Stream<Arguments> doubles() {
    return Stream.of(
        wide("add.f64", (a, b) -> a + b),
        wide("sub.f64", (a, b) -> a - b),
        wide("mul.f64", (a, b) -> a * b),
        wide("div.rn.f64", (a, b) -> a / b),
        wide("max.f64", (a, b) -> Double.isNaN(a) ? b : Double.isNaN(b) ? a : Math.max(a, b)),
        wide("copysign.f64", (a, b) -> Math.copySign(b, a)),
        Arguments.of(
            "fma.rn.f64",
            "fma.rn.f64 %d, %a, %b, %b;",
            (ExpectedDouble) (a, b) -> Math.fma(a, b, b)),
        Arguments.of("sqrt.rn.f64", "sqrt.rn.f64 %d, %a;", (ExpectedDouble) (a, b) -> Math.sqrt(a)),
        Arguments.of("rcp.rn.f64", "rcp.rn.f64 %d, %a;", (ExpectedDouble) (a, b) -> 1 / a),
        Arguments.of("neg.f64", "neg.f64 %d, %a;", (ExpectedDouble) (a, b) -> -a),
        Arguments.of("abs.f64", "abs.f64 %d, %a;", (ExpectedDouble) (a, b) -> Math.abs(a)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("doubles")
  void doublesAreComputed(String name, String text, ExpectedDouble expected) {
    Values[] operands = Operands.doubles();

    long[] result = OneInstruction.run(text, "b64", operands);

    for (int i = 0; i < result.length; i++) {
      double a = Double.longBitsToDouble(operands[0].bits()[i]);
      double b = Double.longBitsToDouble(operands[1].bits()[i]);
      double got = Double.longBitsToDouble(result[i]);
      assertThat(Double.compare(got, expected.of(a, b))).as("%s, %s gave %s", a, b, got).isZero();
    }
  }
}
