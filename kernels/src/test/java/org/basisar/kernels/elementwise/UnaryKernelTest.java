package org.basisar.kernels.elementwise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.basisar.gpu.ElementType;
import org.basisar.kernels.DeviceData;
import org.basisar.kernels.Rounding;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class UnaryKernelTest {
  private static final DeviceData DEVICE = new DeviceData();

  /** A function, its slope, and the interval it is tested on. */
  enum Function {
    NEG(-4, 4),
    EXP(-4, 2),
    LOG(0.25, 8),
    SQRT(0.25, 8),
    RSQRT(0.25, 8),
    SQUARE(-4, 4),
    ABS(-4, 4),
    SIGMOID(-8, 8),
    SILU(-8, 8),
    GELU(-5, 5),
    TANH(-4, 4),
    SIN(-9, 9),
    COS(-9, 9),
    TRUNC(-4, 4);

    private final double least;
    private final double most;

    Function(double least, double most) {
      this.least = least;
      this.most = most;
    }

    private double value(double x) {
      return switch (this) {
        case NEG -> -x;
        case EXP -> Math.exp(x);
        case LOG -> Math.log(x);
        case SQRT -> Math.sqrt(x);
        case RSQRT -> 1 / Math.sqrt(x);
        case SQUARE -> x * x;
        case ABS -> Math.abs(x);
        case SIGMOID -> sigmoid(x);
        case SILU -> x * sigmoid(x);
        case GELU -> x * Normal.below(x);
        case TANH -> Math.tanh(x);
        case SIN -> Math.sin(x);
        case COS -> Math.cos(x);
        case TRUNC -> (int) x;
      };
    }

    private double slope(double x) {
      return switch (this) {
        case NEG -> -1;
        case EXP -> Math.exp(x);
        case LOG -> 1 / x;
        case SQRT -> 0.5 / Math.sqrt(x);
        case RSQRT -> -0.5 / (x * Math.sqrt(x));
        case SQUARE -> 2 * x;
        case ABS -> Math.signum(x);
        case SIGMOID -> sigmoid(x) * sigmoid(-x);
        case SILU -> sigmoid(x) * (1 + x * sigmoid(-x));
        case GELU -> Normal.below(x) + x * Normal.density(x);
        case TANH -> 1 / (Math.cosh(x) * Math.cosh(x));
        case SIN -> Math.cos(x);
        case COS -> -Math.sin(x);
        case TRUNC -> 0;
      };
    }

    private static double sigmoid(double x) {
      return 1 / (1 + Math.exp(-x));
    }

    private String kernel() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @AfterAll
  static void close() {
    DEVICE.close();
  }

  @ParameterizedTest
  @EnumSource(Function.class)
  void valueAndSlopeAreTheFormulas(Function f) {
    for (ElementType type : new ElementType[] {ElementType.F32, ElementType.BF16}) {
      for (int count : new int[] {1, 31, 33, 113, 1023}) {
        check(f, type, count);
      }
    }
  }

  private static void check(Function f, ElementType type, int count) {
    Rounding rounding = Rounding.of(type);
    double[] x = new double[count];
    double[] dy = DeviceData.normal(type, 3, count);
    double[] value = new double[count];
    double[] slope = new double[count];
    double[] naiveValue = new double[count];
    double[] naiveSlope = new double[count];
    for (int i = 0; i < count; i++) {
      x[i] = rounding.stored(f.least + (f.most - f.least) * (i + 0.5) / count);
      value[i] = f.value(x[i]);
      slope[i] = f.slope(x[i]) * dy[i];
      naiveValue[i] = rounding.stored(value[i]);
      naiveSlope[i] = rounding.stored((float) f.slope(x[i]) * (float) dy[i]);
    }
    long from = DEVICE.shiftedOf(type, x);
    long y = DEVICE.empty(type, count);
    long dx = DEVICE.empty(type, count);
    DEVICE.run(
        UnaryKernel.forward(DEVICE.library(), f.kernel(), type, from, y, count),
        UnaryKernel.gradient(
            DEVICE.library(), f.kernel(), type, from, DEVICE.of(type, dy), dx, count));
    rounding.check(f + " of " + count, DEVICE.read(type, y, count), naiveValue, value);
    rounding.check(f + " slope of " + count, DEVICE.read(type, dx, count), naiveSlope, slope);
  }

  private static double[] run(String function, double... x) {
    long y = DEVICE.empty(ElementType.F32, x.length);
    DEVICE.run(
        UnaryKernel.forward(
            DEVICE.library(),
            function,
            ElementType.F32,
            DEVICE.of(ElementType.F32, x),
            y,
            x.length));
    return DEVICE.read(ElementType.F32, y, x.length);
  }

  @Test
  void endsOfTheRange() {
    double infinity = Double.POSITIVE_INFINITY;
    double[] ends = {-infinity, infinity, Double.NaN, 0};
    assertThat(run("exp", ends)).containsExactly(0, infinity, Double.NaN, 1);
    assertThat(run("log", ends)).containsExactly(Double.NaN, infinity, Double.NaN, -infinity);
    assertThat(run("sigmoid", ends)).containsExactly(0, 1, Double.NaN, 0.5);
    assertThat(run("tanh", ends)).containsExactly(-1, 1, Double.NaN, 0);
    assertThat(run("sqrt", ends)).containsExactly(Double.NaN, infinity, Double.NaN, 0);
    assertThat(run("abs", ends)).containsExactly(infinity, infinity, Double.NaN, 0);
    assertThat(run("sin", ends)).containsExactly(Double.NaN, Double.NaN, Double.NaN, 0);
  }

  @Test
  void geluKeepsItsRelativeAccuracyFarToTheLeft() {
    double[] y = run("gelu", -9, -6);
    // 9 and 6 times the tail probabilities of the normal distribution, 1.1285884e-19 and
    // 9.8658765e-10.
    assertThat(y[0] / (-9 * 1.1285884e-19)).isBetween(0.99999, 1.00001);
    assertThat(y[1] / (-6 * 9.8658765e-10)).isBetween(0.99999, 1.00001);
  }

  @Test
  void largeArgumentsOfSineAreReduced() {
    double[] x = {1000, 123456, 3e7, 0x1p100};
    double[] sine = run("sin", x);
    double[] cosine = run("cos", x);
    for (int i = 0; i < x.length; i++) {
      double exact = (float) x[i];
      assertThat(sine[i]).isBetween(Math.sin(exact) - 3e-7, Math.sin(exact) + 3e-7);
      assertThat(cosine[i]).isBetween(Math.cos(exact) - 3e-7, Math.cos(exact) + 3e-7);
    }
  }
}
