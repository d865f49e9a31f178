package org.basisar.bar.mar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The schedule against the published tables. */
final class DiffusionScheduleTest {
  private final DiffusionSchedule cosine = DiffusionSchedule.cosine();
  private final DiffusionSchedule hundred = cosine.respaced(100);

  private static void close(double actual, double expected) {
    assertThat(actual).isCloseTo(expected, within(2e-8 * Math.abs(expected)));
  }

  @Test
  void cosineScheduleIsThePublishedOne() {
    close(cosine.beta(0), 4.12842248e-5);
    close(cosine.beta(1), 4.61417527e-5);
    close(cosine.beta(499), 3.14588623e-3);
    close(cosine.beta(998), 0.749999393);
    close(cosine.beta(999), 0.999);
    close(cosine.signal(0), 0.999958716);
    close(cosine.signal(499), 0.493843590);
    close(cosine.signal(998), 2.42876691e-6);
    close(cosine.signal(999), 2.42876691e-9);
    close(cosine.posteriorLogVariance(0), -10.7340825);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 10, 0.000679840069, 0.999278904, 3.89222259e-05, -10.1539451, 0.942767428, 0.0572325684",
    "2, 20, 0.00116551555, 0.998114229, 0.000445679099, -7.71591137, 0.617834853, 0.382165042",
    "50, 505, 0.0341717013, 0.484494521, 0.0330354122, -3.4101752, 0.0469491558, 0.950086377",
    "98, 989, 0.74993928, 0.000242857228, 0.74939294, -0.288491813, 0.0233767625, 0.499696415",
    "99, 999, 0.999989999, 2.42876691e-09, 0.999747147, -0.000252885145, 0.0155837214, 0.00316163637"
  })
  void respacedScheduleIsThePublishedOne(
      int k,
      int step,
      double beta,
      double signal,
      double variance,
      double logVariance,
      double clean,
      double noisy) {
    assertThat(hundred.original(k)).isEqualTo(step);
    close(hundred.beta(k), beta);
    close(hundred.signal(k), signal);
    close(hundred.posteriorVariance(k), variance);
    close(hundred.posteriorLogVariance(k), logVariance);
    close(hundred.cleanWeight(k), clean);
    close(hundred.noisyWeight(k), noisy);
  }

  @Test
  void stepsAreSpacedEvenlyAndRoundedToEven() {
    assertThat(Arrays.stream(hundred.original()).sum()).isEqualTo(49950);
    assertThat(cosine.respaced(10).original())
        .containsExactly(0, 111, 222, 333, 444, 555, 666, 777, 888, 999);
    assertThat(hundred.original(0)).isZero();
    close(hundred.cleanWeight(0), 1);
    assertThat(hundred.noisyWeight(0)).isZero();
  }

  @Test
  void masksShrinkAsPublished() {
    MarSampler.Settings settings = MarSampler.Settings.published(3);
    int masked = 256;
    int[] kept = new int[64];
    for (int i = 0; i < 64; i++) {
      masked = settings.kept(256, i, masked);
      kept[i] = masked;
    }
    assertThat(Arrays.copyOfRange(kept, 11, 18)).containsExactly(244, 243, 241, 238, 236, 234, 231);
    assertThat(Arrays.copyOfRange(kept, 60, 64)).containsExactly(18, 12, 6, 1);
    assertThat(settings.guidance(256, 1)).isEqualTo(1 + 2 * 255.0 / 256);
  }

  @Test
  void impossibleStepsAreRefused() {
    assertThatThrownBy(() -> cosine.respaced(1))
        .hasMessage("the diffusion sampler takes 2 to 1000 steps, not 1");
  }
}
