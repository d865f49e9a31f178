package org.basisar.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LearningRateTest {
  /** The published run: base rate 4e-4, 100, 600 and 800 epochs, floor 1e-5. */
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "50, 2.0e-4",
    "100, 4e-4",
    "599, 4e-4",
    "600, 4e-4",
    "650, 3.428858e-4",
    "700, 2.05e-4",
    "750, 6.711418e-5",
    "800, 1.0e-5",
    "900, 1.0e-5"
  })
  void thePublishedScheduleHasItsValues(long epoch, double rate) {
    assertThat(LearningRate.warmupConstantCosine(4e-4, 100, 600, 800, 1e-5).at(epoch))
        .isCloseTo(rate, within(5e-11));
  }

  @Test
  void warmupRisesAndStays() {
    LearningRate rate = LearningRate.warmup(0.5, 4);
    assertThat(rate.at(0)).isZero();
    assertThat(rate.at(3)).isEqualTo(0.375);
    assertThat(rate.at(4)).isEqualTo(0.5);
    assertThat(rate.at(1_000_000_000_000L)).isEqualTo(0.5);
    assertThat(LearningRate.warmup(0.5, 0).at(0)).isEqualTo(0.5);
    assertThat(LearningRate.constant(0.5).at(0)).isEqualTo(0.5);
  }

  @Test
  void cosineFallsFromTheWarmupOn() {
    LearningRate rate = LearningRate.cosine(1, 10, 30, 0.2);
    assertThat(rate.at(10)).isEqualTo(1);
    assertThat(rate.at(20)).isCloseTo(0.6, within(1e-15));
    assertThat(rate.at(30)).isCloseTo(0.2, within(1e-15));
    for (long step = 10; step < 30; step++) {
      assertThat(rate.at(step + 1)).isLessThan(rate.at(step));
    }
  }

  @Test
  void aWarmupOfTheWholeRunEndsAtTheFloor() {
    LearningRate rate = LearningRate.cosine(1, 10, 10, 0.2);
    assertThat(rate.at(9)).isEqualTo(0.9);
    assertThat(rate.at(10)).isCloseTo(0.2, within(1e-15));
  }

  @ParameterizedTest
  @CsvSource({"-1, 0, 1", "2, 1, 3", "1, 3, 2"})
  void refusesBoundsOutOfOrder(long warmup, long decay, long total) {
    assertThatThrownBy(() -> LearningRate.warmupConstantCosine(1, warmup, decay, total, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(warmup + ", " + decay + ", " + total);
  }
}
