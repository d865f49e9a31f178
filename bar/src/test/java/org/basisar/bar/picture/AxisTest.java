package org.basisar.bar.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class AxisTest {
  @Test
  void marksRoundSteps() {
    assertThat(written(Axis.between(0, 2000, 5)))
        .containsExactly("0", "500", "1000", "1500", "2000");
    assertThat(written(Axis.between(0, 800_000, 4)))
        .containsExactly("0", "200k", "400k", "600k", "800k");
    assertThat(written(Axis.around(0.1, 1.0, false, 5)))
        .containsExactly("0.2", "0.4", "0.6", "0.8", "1.0");
    assertThat(written(Axis.around(0, 4e-4, false, 5)))
        .containsExactly("0", "0.0001", "0.0002", "0.0003", "0.0004");
    assertThat(written(Axis.around(1e-7, 3e-7, false, 4)))
        .containsExactly("1·10⁻⁷", "1.5·10⁻⁷", "2·10⁻⁷", "2.5·10⁻⁷", "3·10⁻⁷");
  }

  @Test
  void marksPowersOfTen() {
    assertThat(written(Axis.around(1e-6, 1e-3, true, 5)))
        .containsExactly("10⁻⁶", "10⁻⁵", "10⁻⁴", "10⁻³");
    assertThat(written(Axis.around(0.3, 8, true, 5))).containsExactly("0.5", "1", "2", "5");
    assertThat(Axis.around(1e-30, 1e30, true, 5).ticks()).hasSizeBetween(3, 7);
  }

  @Test
  void equalFactorsAreEqualDistances() {
    Axis axis = Axis.around(1e-4, 1, true, 5);
    double first = axis.position(1e-3) - axis.position(1e-4);
    assertThat(axis.position(1) - axis.position(0.1)).isCloseTo(first, within(1e-12));
    assertThat(axis.position(1e-4)).isGreaterThan(0);
    assertThat(axis.position(1)).isLessThan(1);
  }

  @Test
  void aConstantLiesInsideItsAxis() {
    for (double value : new double[] {0, 1, -7, 1e-9, 1e12, 1e-320}) {
      Axis axis = Axis.around(value, value, true, 5);
      assertThat(axis.position(value)).isBetween(0.0, 1.0);
      assertThat(axis.ticks()).hasSizeLessThan(25);
    }
  }

  @Test
  void theEdgesOfDoubleDoNotHang() {
    double[] edges = {-Double.MAX_VALUE, -1e300, 0, Double.MIN_VALUE, 1e300, Double.MAX_VALUE};
    for (int i = 0; i < edges.length; i++) {
      for (int j = i; j < edges.length; j++) {
        for (boolean logarithmic : new boolean[] {false, edges[i] > 0}) {
          Axis axis = Axis.around(edges[i], edges[j], logarithmic, 5);
          assertThat(axis.ticks()).hasSizeLessThan(25);
          assertThat(axis.position(edges[j])).isFinite();
          assertThat(Axis.between(edges[i], edges[j], 5).position(edges[i])).isFinite();
        }
      }
    }
  }

  private static List<String> written(Axis axis) {
    return axis.ticks().stream().map(axis::written).toList();
  }
}
