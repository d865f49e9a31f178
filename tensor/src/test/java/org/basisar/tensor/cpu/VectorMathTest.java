package org.basisar.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class VectorMathTest {

  interface ArrayFunction {
    void apply(float[] x, int xOffset, float[] y, int yOffset, int length);
  }

  /**
   * A function and what is expected of it.
   *
   * @param name shown in reports
   * @param function under test
   * @param reference in fp64
   * @param from start of the tested range
   * @param to end of the tested range
   * @param relative error allowed, relative to the result
   * @param absolute error allowed in any case
   */
  record Function(
      String name,
      ArrayFunction function,
      DoubleUnaryOperator reference,
      double from,
      double to,
      double relative,
      double absolute) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Stream<Function> functions() {
    return Stream.of(
        new Function("exp", VectorMath::exp, Math::exp, -86, 88.7, 1.5e-7, 0),
        new Function("exp subnormal", VectorMath::exp, Math::exp, -103, -87, 1.5e-7, 0x1p-149),
        new Function("log", VectorMath::log, Math::log, 1e-38, 3, 1.5e-7, 0),
        new Function("log large", VectorMath::log, Math::log, 1, 3e38, 1.5e-7, 0),
        new Function("sigmoid", VectorMath::sigmoid, x -> 1 / (1 + Math.exp(-x)), -80, 80, 3e-7, 0),
        new Function("silu", VectorMath::silu, x -> x / (1 + Math.exp(-x)), -80, 80, 3e-7, 0),
        new Function("tanh", VectorMath::tanh, Math::tanh, -12, 12, 3e-7, 0),
        new Function("tanh small", VectorMath::tanh, Math::tanh, -0.7, 0.7, 2e-7, 0),
        new Function("gelu", VectorMath::gelu, x -> x * cdf(x), -4, 10, 2e-6, 0),
        new Function("gelu absolute", VectorMath::gelu, x -> x * cdf(x), -12, 1, 0, 1e-7),
        new Function("sin", VectorMath::sin, Math::sin, -10_000, 10_000, 0, 1e-7),
        new Function("cos", VectorMath::cos, Math::cos, -10_000, 10_000, 0, 1e-7),
        new Function("sin small", VectorMath::sin, Math::sin, -0.8, 0.8, 1.5e-7, 0),
        new Function("rsqrt", VectorMath::rsqrt, x -> 1 / Math.sqrt(x), 1e-30, 1e6, 1.2e-7, 0));
  }

  /**
   * Normal distribution function by a series that converges everywhere, and by its continued
   * fraction far left.
   */
  private static double cdf(double x) {
    if (x < -5) {
      double fraction = 0;
      for (int n = 60; n > 0; n--) {
        fraction = n / (-x + fraction);
      }
      return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI) / (-x + fraction);
    }
    double term = x;
    double sum = x;
    for (int n = 3; n < 800; n += 2) {
      term *= x * x / n;
      sum += term;
    }
    return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }

  private static float[] points(Function f, int count) {
    Random random = new Random(3);
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] =
          (float)
              (f.from()
                  + (f.to() - f.from()) * (i % 2 == 0 ? i / (count - 1.0) : random.nextDouble()));
    }
    return x;
  }

  @ParameterizedTest
  @MethodSource("functions")
  void isAccurate(Function f) {
    int count = 60_001;
    float[] x = points(f, count);
    float[] y = new float[count];
    f.function().apply(x, 0, y, 0, count);
    for (int i = 0; i < count; i++) {
      double expected = f.reference().applyAsDouble(x[i]);
      double allowed = Math.max(f.relative() * Math.abs(expected), f.absolute());
      if (!(Math.abs(y[i] - expected) <= allowed)) {
        assertThat((double) y[i])
            .describedAs("%s(%s), error %s", f, x[i], (y[i] - expected) / expected)
            .isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("functions")
  void bitsDoNotDependOnThePlace(Function f) {
    float[] x = points(f, 1023);
    float[] whole = new float[1023];
    f.function().apply(x, 0, whole, 0, 1023);
    for (int length : new int[] {0, 1, 31, 33, 113}) {
      float[] part = new float[1023];
      f.function().apply(x, 57, part, 3, length);
      for (int i = 0; i < length; i++) {
        assertThat(part[3 + i]).isEqualTo(whole[57 + i]);
      }
      assertThat(part[2]).isZero();
      assertThat(part[3 + length]).isZero();
    }
  }

  @Test
  void specialValues() {
    float inf = Float.POSITIVE_INFINITY;
    float[] x = {0, -0f, 1, inf, -inf, Float.NaN, -1, Float.MIN_VALUE};
    float[] y = new float[x.length];
    VectorMath.exp(x, 0, y, 0, x.length);
    assertThat(y).startsWith(1, 1, (float) Math.E, inf, 0, Float.NaN);
    VectorMath.log(x, 0, y, 0, x.length);
    assertThat(y).startsWith(-inf, -inf, 0, inf, Float.NaN, Float.NaN, Float.NaN);
    assertThat((double) y[7]).isEqualTo(Math.log(Float.MIN_VALUE), within(1e-5));
    VectorMath.tanh(x, 0, y, 0, x.length);
    assertThat(y).startsWith(0, 0, 0.7615941f, 1, -1, Float.NaN);
    VectorMath.sigmoid(x, 0, y, 0, x.length);
    assertThat(y).startsWith(0.5f, 0.5f, (float) (1 / (1 + Math.exp(-1))), 1, 0, Float.NaN);
    VectorMath.gelu(x, 0, y, 0, 4);
    assertThat(y[0]).isZero();
    assertThat(y[3]).isEqualTo(inf);
  }

  private static org.assertj.core.data.Offset<Double> within(double value) {
    return org.assertj.core.data.Offset.offset(value);
  }

  @Test
  void derivativesAgreeWithTheirFormulas() {
    int count = 1023;
    float[] x = new float[count];
    float[] dy = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = (i - 511) * 0.02f;
      dy[i] = 1 + i % 3;
    }
    float[] gelu = new float[count];
    float[] silu = new float[count];
    VectorMath.geluBackward(x, 0, dy, 0, gelu, 0, count);
    VectorMath.siluBackward(x, 0, dy, 0, silu, 0, count);
    for (int i = 0; i < count; i++) {
      double density = Math.exp(-0.5 * x[i] * x[i]) / Math.sqrt(2 * Math.PI);
      assertThat((double) gelu[i]).isEqualTo(dy[i] * (cdf(x[i]) + x[i] * density), within(3e-6));
      double s = 1 / (1 + Math.exp(-(double) x[i]));
      assertThat((double) silu[i]).isEqualTo(dy[i] * s * (1 + x[i] * (1 - s)), within(3e-6));
    }
  }
}
