package org.basisar.bar.mar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.basisar.nn.Setup;
import org.basisar.tensor.DType;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Test;

final class MaskedDenoisingTest {
  private static final int IMAGES = 3;
  private static final int TOKENS = 9;
  private static final int CHANNELS = 4;
  private static final int MASKED = 7;
  private static final MarConfig SIZE = new MarConfig(TOKENS, CHANNELS, 8, 2, 1, 6, 2, 2, 5, 0);

  @Test
  void theClosestStepOfAStepsOwnRatioIsTheStep() {
    DiffusionSchedule schedule = DiffusionSchedule.cosine();
    for (int step = 0; step < DiffusionSchedule.STEPS; step++) {
      assertThat(schedule.closest(Math.sqrt(1 / schedule.signal(step) - 1))).isEqualTo(step);
    }
    assertThat(schedule.closest(0)).isZero();
    assertThat(schedule.closest(1e9)).isEqualTo(DiffusionSchedule.STEPS - 1);
  }

  @Test
  void noiseIsAtMostNineTimesTheSignalAndAsOftenStrongerAsFlowMatchingHasIt() {
    try (MaskedDenoising denoising = new MaskedDenoising(DType.F64)) {
      DiffusionSchedule schedule = DiffusionSchedule.cosine();
      int[] steps = denoising.drawSteps(new SplittableRandom(4), 9000);
      int stronger = 0;
      for (int step : steps) {
        double ratio = Math.sqrt(1 / schedule.signal(step) - 1);
        assertThat(ratio).isLessThan(9.2);
        stronger += ratio > 1 ? 1 : 0;
      }
      // Times above 1/2 of those below 0.9: four ninths.
      assertThat(stronger).isBetween(3760, 4240);
    }
  }

  /** A fresh network predicts noise 0, so that a restored token is the noisy one, made larger. */
  @Test
  void maskedTokensAreRestoredAndTheOthersStay() {
    try (Scope _ = Scope.open();
        Random random = new Random(4);
        MarModel model = new MarModel(new Setup(DType.F64, random, random), SIZE);
        MaskTensors mask = new MaskTensors(SIZE, IMAGES, MASKED);
        MaskedDenoising denoising = new MaskedDenoising(DType.F64)) {
      int[][] orders = {
        {0, 1, 2, 3, 4, 5, 6, 7, 8}, {8, 7, 6, 5, 4, 3, 2, 1, 0}, {4, 0, 8, 2, 6, 1, 7, 3, 5}
      };
      mask.set(orders);
      Tensor y = random.normal(DType.F64, IMAGES, TOKENS, CHANNELS);
      Tensor noise = random.normal(DType.F64, IMAGES * MASKED, CHANNELS);
      int[] steps = denoising.drawSteps(new SplittableRandom(2), IMAGES * MASKED);
      double[] restored =
          denoising
              .restored(
                  model,
                  y,
                  Tensor.of(new int[] {0, 5, 3}, IMAGES),
                  mask,
                  noise,
                  Tensor.of(steps, steps.length))
              .toDoubles();
      DiffusionSchedule schedule = DiffusionSchedule.cosine();
      int row = 0;
      for (int token = 0; token < IMAGES * TOKENS; token++) {
        boolean masked = masked(orders[token / TOKENS], token % TOKENS);
        double ratio = masked ? Math.sqrt(1 / schedule.signal(steps[row]) - 1) : 0;
        for (int c = 0; c < CHANNELS; c++) {
          double drawn = masked ? noise.toDoubles()[row * CHANNELS + c] : 0;
          double expected = y.toDoubles()[token * CHANNELS + c] + ratio * drawn;
          assertThat(restored[token * CHANNELS + c]).isCloseTo(expected, within(1e-9));
        }
        row += masked ? 1 : 0;
      }
      assertThat(row).isEqualTo(IMAGES * MASKED);
    }
  }

  private static boolean masked(int[] order, int token) {
    for (int i = 0; i < MASKED; i++) {
      if (order[i] == token) {
        return true;
      }
    }
    return false;
  }
}
