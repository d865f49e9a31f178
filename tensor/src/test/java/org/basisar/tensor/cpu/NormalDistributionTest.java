package org.basisar.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import org.junit.jupiter.api.Test;

final class NormalDistributionTest {
  /** Φ(x) by ½ + φ(x)·Σ x^(2n+1)/(2n+1)!! in 120 digits, which leaves enough after cancellation. */
  private static double series(double x) {
    MathContext digits = new MathContext(120);
    BigDecimal exact = new BigDecimal(x);
    BigDecimal square = exact.multiply(exact, digits);
    BigDecimal term = exact;
    BigDecimal sum = exact;
    for (int n = 1; n < 2500; n++) {
      term = term.multiply(square, digits).divide(BigDecimal.valueOf(2L * n + 1), digits);
      sum = sum.add(term, digits);
    }
    BigDecimal half = square.divide(BigDecimal.valueOf(2), digits);
    BigDecimal exponential = BigDecimal.ONE;
    term = BigDecimal.ONE;
    for (int n = 1; n < 2500; n++) {
      term = term.multiply(half, digits).divide(BigDecimal.valueOf(n), digits);
      exponential = exponential.add(term, digits);
    }
    BigDecimal density =
        BigDecimal.ONE.divide(
            exponential.multiply(BigDecimal.valueOf(2).multiply(PI).sqrt(digits), digits), digits);
    return new BigDecimal("0.5").add(density.multiply(sum, digits), digits).doubleValue();
  }

  private static final BigDecimal PI =
      new BigDecimal(
          "3.14159265358979323846264338327950288419716939937510582097494459230781640628620899"
              + "8628034825342117067982148086513282306647");

  @Test
  void agreesWithTheSeriesToAFewUnits() {
    for (double x = -14; x <= 9; x += 0.3717) {
      double expected = series(x);
      assertThat(NormalDistribution.cumulative(x) / expected)
          .as("x = " + x)
          .isCloseTo(1, within(2e-15));
    }
  }

  @Test
  void knowsTheEnds() {
    assertThat(NormalDistribution.cumulative(0)).isEqualTo(0.5);
    assertThat(NormalDistribution.cumulative(Double.POSITIVE_INFINITY)).isEqualTo(1);
    assertThat(NormalDistribution.cumulative(Double.NEGATIVE_INFINITY)).isZero();
    assertThat(NormalDistribution.cumulative(Double.NaN)).isNaN();
    assertThat(NormalDistribution.density(0)).isCloseTo(1 / Math.sqrt(2 * Math.PI), within(1e-16));
  }
}
