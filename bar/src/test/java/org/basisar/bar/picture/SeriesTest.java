package org.basisar.bar.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SeriesTest {
  @Test
  void smoothingKeepsAConstantAndPassesOverGaps() {
    double[] values = new double[113];
    Arrays.fill(values, 3);
    values[0] = Double.NaN;
    values[50] = Double.NaN;
    values[112] = Double.POSITIVE_INFINITY;
    Series smooth = line(values).smoothed("mean", 5);
    for (int i = 0; i < smooth.size(); i++) {
      assertThat(smooth.vertical(i)).isCloseTo(3, within(1e-12));
    }
  }

  @Test
  void smoothingDoesNotLagBehindASlope() {
    double[] slope = IntStream.range(0, 401).mapToDouble(i -> i).toArray();
    assertThat(line(slope).smoothed("mean", 8).vertical(200)).isCloseTo(200, within(1e-6));
  }

  @Test
  void weightsHalveEveryHalfLife() {
    double[] impulse = new double[1001];
    impulse[500] = 1;
    Series smooth = line(impulse).smoothed("mean", 4);
    assertThat(smooth.vertical(504)).isCloseTo(smooth.vertical(500) / 2, within(1e-9));
    assertThat(smooth.vertical(496)).isCloseTo(smooth.vertical(504), within(1e-12));
  }

  @Test
  void nothingMeasuredStaysNothing() {
    Series smooth = line(Double.NaN, Double.NaN).smoothed("mean", 2);
    assertThat(smooth.vertical(0)).isNaN();
    assertThat(line().smoothed("mean", 2).size()).isZero();
  }

  @Test
  void thinningKeepsSpikesAndOrder() {
    double[] values = new double[1023];
    values[777] = 5;
    values[400] = -4;
    Arrays.fill(values, 0, 31, Double.NaN);
    Series thin = line(values).thinned(33);
    assertThat(thin.size()).isEqualTo(66);
    double[] kept = IntStream.range(0, 66).mapToDouble(thin::vertical).toArray();
    assertThat(Arrays.stream(kept).filter(Double::isFinite).max()).hasValue(5);
    assertThat(Arrays.stream(kept).filter(Double::isFinite).min()).hasValue(-4);
    for (int i = 1; i < thin.size(); i++) {
      assertThat(thin.horizontal(i)).isGreaterThanOrEqualTo(thin.horizontal(i - 1));
    }
  }

  @Test
  void aStretchThatBeginsWithAGapIsNotLost() {
    double[] values = new double[100];
    Arrays.fill(values, 2);
    for (int i = 0; i < 100; i += 10) {
      values[i] = Double.NaN;
    }
    Series thin = line(values).thinned(10);
    for (int i = 0; i < thin.size(); i++) {
      assertThat(thin.vertical(i)).isEqualTo(2);
    }
  }

  @Test
  void aShortLineIsNotThinned() {
    Series line = line(1, 2, 3);
    assertThat(line.thinned(2)).isSameAs(line);
  }

  @Test
  void lengthsMustAgree() {
    assertThatThrownBy(() -> new Series("loss", Series.Role.MAIN, new double[2], new double[3]))
        .hasMessageContaining("'loss' has 2 positions and 3 values");
  }

  private static Series line(double... values) {
    double[] steps = IntStream.range(0, values.length).mapToDouble(i -> 10.0 * i).toArray();
    return new Series("loss", Series.Role.FAINT, steps, values);
  }
}
