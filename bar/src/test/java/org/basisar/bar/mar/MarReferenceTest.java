package org.basisar.bar.mar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.basisar.bar.xar.ReferenceNumbers;
import org.basisar.nn.Setup;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The tiny network against numbers that were computed independently, in fp64. */
final class MarReferenceTest {
  private static final MarConfig TINY = new MarConfig(256, 16, 32, 2, 2, 24, 2, 64, 1000, 0.1);
  private static final int MASKED = 205;

  private final Scope scope = Scope.open();
  private final Random random = new Random(1);
  private final MarModel model = new MarModel(new Setup(DType.F64, random, random), TINY);
  private final DiffusionLoss loss = new DiffusionLoss(DType.F64);

  @BeforeEach
  void fill() {
    ReferenceNumbers.fill(model.parameters());
  }

  @AfterEach
  void close() {
    loss.close();
    model.close();
    random.close();
    scope.close();
  }

  private static void close(double actual, double expected) {
    assertThat(actual).isCloseTo(expected, within(6e-9 * Math.max(1, Math.abs(expected))));
  }

  private static int[][] orders() {
    int[][] orders = new int[2][256];
    Arrays.setAll(orders[0], i -> (37 * i + 11) % 256);
    Arrays.setAll(orders[1], i -> (101 * i + 3) % 256);
    return orders;
  }

  /** Tokens [2, 256, 16] of the grid [2, 16, 16, 16] that channels come first in. */
  private static double[] tokens() {
    double[] grid = ReferenceNumbers.data(1000, 2 * 16 * 256, 4);
    double[] tokens = new double[grid.length];
    for (int image = 0; image < 2; image++) {
      for (int channel = 0; channel < 16; channel++) {
        for (int token = 0; token < 256; token++) {
          tokens[(image * 256 + token) * 16 + channel] = grid[(image * 16 + channel) * 256 + token];
        }
      }
    }
    return tokens;
  }

  private Tensor conditions(TokenMask mask) {
    return model.conditions(
        Tensor.of(tokens(), 2, 256, 16),
        Tensor.of(new int[] {7, model.nullLabel()}, 2),
        Tensor.of(mask.keptRows(), 2 * mask.keptSlots()),
        Tensor.of(mask.restoredRows(), 2 * TINY.slots()));
  }

  @Test
  void parametersHaveThePublishedCountsAndPaths() {
    assertThat(MarConfig.base().parameterCount()).isEqualTo(207_924_768L);
    assertThat(MarConfig.large().parameterCount()).isEqualTo(478_326_304L);
    assertThat(MarConfig.huge().parameterCount()).isEqualTo(942_403_104L);
    assertThat(TINY.parameterCount()).isEqualTo(129_408L);
    assertThat(model.parameters()).hasSize(92);
    assertThat(model.parameters().values().stream().mapToLong(p -> p.shape().size()).sum())
        .isEqualTo(129_408L);
    assertThat(model.parameters())
        .containsKeys(
            "fake_latent",
            "encoder_blocks.1.attn.qkv.bias",
            "decoder_blocks.0.mlp.fc2.weight",
            "diffloss.net.time_embed.mlp.2.weight",
            "diffloss.net.res_blocks.1.adaLN_modulation.1.weight",
            "diffloss.net.final_layer.linear.bias");
  }

  @Test
  void conditionsAreTheReference() {
    double[] z = conditions(TokenMask.ofFirst(TINY, orders(), MASKED)).toDoubles();
    closeAll(z, 0, -1.95375379, 1.36185359, -0.43842379, 0.06212622);
    closeAll(z, z.length - 32, -1.79777206, 1.74046979, -0.56386864, 0.34076746);
    close(Arrays.stream(z).sum(), -43.7349144480);
    close(Arrays.stream(z).map(v -> v * v).sum(), 17738.2087793462);
  }

  private static void closeAll(double[] actual, int from, double... expected) {
    for (int i = 0; i < expected.length; i++) {
      close(actual[from + i], expected[i]);
    }
  }

  @Test
  void lossesAreTheReference() {
    TokenMask mask = TokenMask.ofFirst(TINY, orders(), MASKED);
    Tensor condition = conditions(mask).reshape(512, 32);
    int[] steps = new int[512];
    Arrays.setAll(steps, j -> 29 * j % 1000);
    steps[5] = 0;
    DiffusionLoss.Losses losses =
        loss.of(
            model.head(),
            Tensor.of(tokens(), 512, 16),
            Tensor.of(ReferenceNumbers.data(1001, 512 * 16, 4), 512, 16),
            Tensor.of(steps, 512),
            condition);
    double[] output = losses.output().toDoubles();
    closeAll(output, 0, 0.07071196, -1.5707753, 0.19383212);
    closeAll(output, 511 * 32 + 29, 1.71706109, 0.22998121, -0.52369473);
    close(Arrays.stream(output).sum(), -120.7225775776);
    close(Arrays.stream(output).map(v -> v * v).sum(), 13476.2135317699);
    closeAll(losses.squaredError().toDoubles(), 0, 2.4134023, 2.41946106, 1.84092624, 1.7836227);
    closeAll(
        losses.bound().toDoubles(),
        0,
        2.04753223,
        0.09868049,
        0.04113775,
        0.0276427,
        0.02881817,
        3.89740157);
    Tensor weights = Tensor.of(mask.weights(), 512);
    close(losses.masked(weights).item(), 2.0439642399);
    close(Ops.sum(Ops.mul(losses.squaredError(), weights)).item() / (2 * MASKED), 2.0036467328);
    close(Ops.sum(Ops.mul(losses.bound(), weights)).item() / (2 * MASKED), 0.0403175071);
  }

  @Test
  void samplesAreTheReference() {
    MarSampler sampler = new MarSampler(model, new MarSampler.Settings(4, 10, 3, true, 0.95));
    int[] lengths = new int[4];
    MarSampler.Noise noise =
        new MarSampler.Noise() {
          @Override
          public double[] initial(int iteration, int count) {
            lengths[iteration] = count / 16;
            return ReferenceNumbers.data(3000 + 100 * iteration, count, 4);
          }

          @Override
          public double[] step(int iteration, int step, int count) {
            return ReferenceNumbers.data(3001 + 100 * iteration + step, count, 4);
          }
        };
    double[] made = sampler.sample(new int[] {7, 500}, orders(), noise, () -> {});
    assertThat(lengths).containsExactly(40, 110, 168, 194);
    closeAll(made, 511 * 16, 23789.18995259, -22183.57915053, 39051.63239834, 34006.72986716);
    close(Arrays.stream(made).sum(), -1329112.79392836);
  }

  @Test
  void aLimitedSamplerStaysWithinItsLimits() {
    MarSampler.Settings settings = new MarSampler.Settings(3, 4, 3, true, 1);
    MarSampler.Noise noise = MarSampler.Noise.ofImages(5, 0, 2, 4);
    double[] limits = new double[256];
    Arrays.setAll(limits, k -> 0.5 + k % 3);
    double[] limited =
        new MarSampler(model, settings, limits).sample(new int[] {1, 2}, orders(), noise, () -> {});
    for (int i = 0; i < limited.length; i++) {
      // The last step takes what is predicted as it is, but for rounding.
      assertThat(Math.abs(limited[i])).isLessThan(limits[i / 16 % 256] + 1e-9);
    }
    double[] free =
        new MarSampler(model, settings).sample(new int[] {1, 2}, orders(), noise, () -> {});
    assertThat(Arrays.stream(free).map(Math::abs).max().orElse(0)).isGreaterThan(1000);
  }

  @Test
  void theSameSeedGivesTheSameSample() {
    MarSampler sampler = new MarSampler(model, new MarSampler.Settings(3, 4, 1, true, 1));
    int[] labels = {1, 2};
    double[] first =
        sampler.sample(labels, orders(), MarSampler.Noise.ofImages(5, 0, 2, 4), () -> {});
    assertThat(sampler.sample(labels, orders(), MarSampler.Noise.ofImages(5, 0, 2, 4), () -> {}))
        .isEqualTo(first);
    assertThat(sampler.sample(labels, orders(), MarSampler.Noise.ofImages(6, 0, 2, 4), () -> {}))
        .isNotEqualTo(first);
  }
}
