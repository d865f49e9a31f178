package org.basisar.bar.mar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class MarSettingsTest {
  private static MarSettings settings(int tokens, double ratio, boolean inOrder) {
    return new MarSettings(
        new MarConfig(tokens, 4, 8, 2, 1, 6, 2, 2, 5, 0), ratio, 1, 4, 1, 0, inOrder);
  }

  @Test
  void maskedCountsFollowTheTruncatedNormal() {
    MarSettings settings = settings(256, 0.7, false);
    SplittableRandom random = new SplittableRandom(3);
    int[] counts = IntStream.range(0, 20_001).map(_ -> settings.drawMasked(random)).toArray();
    Arrays.sort(counts);
    assertThat(counts[0]).isBetween(180, 181);
    assertThat(counts[20_000]).isEqualTo(256);
    assertThat(counts[10_000]).isBetween(223, 225);
    // Quartiles of the folded normal within 1.2 deviations: 0.3025 and 0.7909... of a deviation.
    assertThat(counts[15_000]).isBetween(239, 242);
  }

  @Test
  void aRatioOfOneMasksEverything() {
    MarSettings settings = settings(9, 1, false);
    SplittableRandom random = new SplittableRandom(3);
    assertThat(IntStream.range(0, 50).map(_ -> settings.drawMasked(random))).containsOnly(9);
  }

  @Test
  void ordersArePermutationsAndInOrderOnesRevealTheFirstTokenFirst() {
    SplittableRandom random = new SplittableRandom(3);
    int[] order = settings(16, 0.7, false).drawOrder(random);
    assertThat(order).isNotEqualTo(settings(16, 0.7, false).drawOrder(random));
    assertThat(Arrays.stream(order).sorted())
        .containsExactly(IntStream.range(0, 16).boxed().toArray(Integer[]::new));
    assertThat(settings(4, 0.7, true).drawOrder(random)).containsExactly(3, 2, 1, 0);
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    assertThatThrownBy(() -> settings(8, 0.7, false)).hasMessageContaining("no square grid");
    assertThatThrownBy(() -> settings(9, 0, false)).hasMessageContaining("mask ratio");
    assertThatThrownBy(() -> settings(9, 1.5, false)).hasMessageContaining("mask ratio");
    assertThatThrownBy(() -> settings(9, 0.7, false).checkSampling(1, 2))
        .hasMessageContaining("diffusion steps must be 2");
    assertThatThrownBy(() -> settings(9, 0.7, false).checkSampling(10, 0.5))
        .hasMessageContaining("guidance scale");
  }

  @Test
  void coefficientsAreLimitedByWhatTokensWithinTheLimitAddUpTo() {
    MarSettings settings = settings(4, 0.7, false);
    double[] basis = {1, -2, 0.5, 0, 0, 1, 0, 0, 0, 0, -3, 0, 0.5, 0.5, -0.5, -0.5};
    assertThat(settings.limits(basis)).containsOnly(Double.POSITIVE_INFINITY);
    assertThat(settings.revealed(4, 1, 2).limits(basis)).containsExactly(7, 2, 6, 4);
    for (double clip : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> settings.revealed(4, 1, clip)).hasMessageContaining("negative");
    }
  }

  @Test
  void theDiffusionNetworkIsNotDecayed() {
    MarSettings settings = settings(9, 0.7, false);
    assertThat(settings.decays("diffloss.net.cond_embed.weight")).isFalse();
    assertThat(settings.decays("encoder_pos_embed_learned")).isTrue();
  }
}
