package org.basisar.bar.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** Exponents of growth, on costs that are known. */
final class GrowthCurveTest {
  private static GrowthCurve curve(DoubleUnaryOperator cost, double... extents) {
    List<GrowthCurve.Point> points =
        DoubleStream.of(extents)
            .mapToObj(at -> {
              double c = cost.applyAsDouble(at);
              return new GrowthCurve.Point(at, c, c, c, at == 0 ? 1 : at * 3);
            })
            .toList();
    return new GrowthCurve("it", "tokens N", "ms", "N²", 2, points);
  }

  @Test
  void findsThePowerOfAPower() {
    GrowthCurve square = curve(n -> 0.3 * n * n, 16, 64, 100, 1024);
    assertThat(square.fitted()).isCloseTo(2, within(1e-12));
    assertThat(square.last()).isCloseTo(2, within(1e-12));
    assertThat(square.fittedRoof()).isCloseTo(1, within(1e-12));
    assertThat(square.expected(64)).isCloseTo(0.3 * 64 * 64, within(1e-9));
  }

  @Test
  void aFixedCostLowersTheFitMoreThanTheEnd() {
    GrowthCurve mixed = curve(n -> 1000 + n * n, 1, 10, 100, 1000);
    assertThat(mixed.fitted()).isBetween(0.5, 1.5);
    assertThat(mixed.last()).isBetween(1.9, 2.0);
  }

  @Test
  void whatIsNotKnownAtTheRoofStaysUnknown() {
    GrowthCurve.Point point = new GrowthCurve.Point(1, 1, 1, 1, Double.NaN);
    GrowthCurve.Point other = new GrowthCurve.Point(2, 4, 4, 4, Double.NaN);
    GrowthCurve curve = new GrowthCurve("it", "n", "ms", "n²", 2, List.of(point, other));
    assertThat(curve.fittedRoof()).isNaN();
    assertThat(BenchPage.cells(curve))
        .containsExactly("it", "n", "ms", "2.00", "2.00", "2.00", "-");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GrowthCurve("it", "n", "ms", "n²", 2, List.of(point)));
  }
}
