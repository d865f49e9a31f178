package org.basisar.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.basisar.tensor.DType;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InitializerTest {
  private static double[] draw(Initializer initializer, DType dtype, int... dims) {
    try (Random random = new Random(5);
        Scope _ = Scope.open()) {
      return initializer.create(Shape.of(dims), dtype, random).toDoubles();
    }
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  private static double meanSquare(double[] values) {
    return Arrays.stream(values).map(v -> v * v).average().orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F64", "F32"})
  void normalHasItsDeviation(DType dtype) {
    double[] values = draw(Initializer.normal(0.02), dtype, 1023, 113);
    // Five standard errors.
    assertThat(mean(values)).isCloseTo(0, within(5 * 0.02 / Math.sqrt(values.length)));
    assertThat(meanSquare(values) / (0.02 * 0.02))
        .isCloseTo(1, within(5 * Math.sqrt(2.0 / values.length)));
    assertThat(
            Arrays.stream(values).filter(v -> Math.abs(v) > 0.04).count() / (double) values.length)
        .isCloseTo(0.0455, within(0.003));
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F64", "F32"})
  void xavierFillsItsBounds(DType dtype) {
    double bound = Math.sqrt(6.0 / (33 + 1023));
    double[] values = draw(Initializer.xavierUniform(), dtype, 33, 1023);
    double least = Arrays.stream(values).min().orElseThrow();
    double greatest = Arrays.stream(values).max().orElseThrow();
    assertThat(least).isBetween(-bound * (1 + 1e-7), -bound * 0.999);
    assertThat(greatest).isBetween(bound * 0.999, bound * (1 + 1e-7));
    assertThat(mean(values)).isCloseTo(0, within(5 * bound / Math.sqrt(3.0 * values.length)));
    assertThat(meanSquare(values)).isCloseTo(bound * bound / 3, within(bound * bound / 3 * 0.03));
  }

  @Test
  void constantIsConstant() {
    assertThat(draw(Initializer.constant(1), DType.F32, 33)).containsOnly(1);
  }

  @Test
  void xavierNeedsAMatrix() {
    assertThatThrownBy(() -> draw(Initializer.xavierUniform(), DType.F32, 2, 3, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("needs a matrix");
  }
}
