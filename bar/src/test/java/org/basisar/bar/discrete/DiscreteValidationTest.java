package org.basisar.bar.discrete;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Objects;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.data.ImageSplit;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DiscreteValidationTest {
  private static final ImageSplit SPLIT = ImageSplit.open("embedded", 8, 1, 13);
  private static final ImageData HELD_OUT = Objects.requireNonNull(SPLIT.heldOut());

  private static DiscreteConfig config(OrderName order) {
    return DiscreteTrainerTest.config(order, 2, 60, 0.1);
  }

  private static void set(DiscreteModel model, String path, float[] values) {
    Objects.requireNonNull(model.tensors().get(path)).copyFrom(values, 0);
  }

  /** A network that says the same of every code, whatever it sees. */
  private static void say(DiscreteModel model, float[] logits) {
    Tensor weight = Objects.requireNonNull(model.tensors().get("head.weight"));
    set(model, "head.weight", new float[weight.size()]);
    set(model, "head.bias", logits);
  }

  @Test
  void guessingCostsTheLogarithmOfTheNumberOfCodes() {
    DiscreteConfig config = config(OrderName.PAR);
    try (DiscreteModel model = DiscreteTrainerTest.model(config)) {
      say(model, new float[DiscreteTrainerTest.CODES]);
      DiscreteValidation validation = new DiscreteValidation(config, model.codebook(), HELD_OUT);
      assertThat(validation.crossEntropy(model))
          .isCloseTo(Math.log(DiscreteTrainerTest.CODES), within(1e-6));
    }
  }

  @Test
  void eachCodeOfEachHeldOutImageCountsOnce() {
    DiscreteConfig config = config(OrderName.LEARNED);
    try (DiscreteModel model = DiscreteTrainerTest.model(config)) {
      float[] logits = new float[DiscreteTrainerTest.CODES];
      double sum = 0;
      for (int k = 0; k < logits.length; k++) {
        logits[k] = 0.3f * k * (k % 3 - 1);
        sum += Math.exp(logits[k]);
      }
      double total = Math.log(sum);
      say(model, logits);
      int[] codes = model.codebook().encode(config.tokens().sample(HELD_OUT, HELD_OUT.count()));
      double expected =
          Arrays.stream(codes).mapToDouble(k -> total - logits[k]).average().orElse(0);
      // 13 images in batches of 6: a last batch that counted as a whole one would show.
      assertThat(new DiscreteValidation(config, model.codebook(), HELD_OUT).crossEntropy(model))
          .isCloseTo(expected, within(1e-5));
    }
  }

  @Test
  void withoutHeldOutImagesThereIsNoJudge() {
    DiscreteConfig config = config(OrderName.RASTER);
    try (DiscreteModel model = DiscreteTrainerTest.model(config)) {
      assertThat(DiscreteValidation.of(config, model.codebook(), null)).isNull();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = OrderName.class,
      names = {"PAR", "LEARNED"})
  void trainingLowersItAndMeasuringChangesNoBit(OrderName order) {
    DiscreteConfig config = config(order);
    try (DiscreteModel measured = DiscreteTrainerTest.model(config);
        DiscreteModel undisturbed = DiscreteTrainerTest.model(config);
        DiscreteTrainer trainer = new DiscreteTrainer(config, measured, SPLIT.training());
        DiscreteTrainer other = new DiscreteTrainer(config, undisturbed, SPLIT.training())) {
      DiscreteValidation validation = new DiscreteValidation(config, measured.codebook(), HELD_OUT);
      double before = validation.crossEntropy(measured);
      assertThat(validation.crossEntropy(measured)).isEqualTo(before);
      for (int i = 0; i < 60; i++) {
        trainer.advance();
        other.advance();
        if (i % 20 == 5) {
          try (var _ = trainer.optimizer().averaged()) {
            assertThat(validation.crossEntropy(measured)).isPositive();
          }
        }
      }
      assertThat(validation.crossEntropy(measured)).isLessThan(0.85 * before);
      assertThat(measured.network().isTraining()).isTrue();
      assertThat(DiscreteTrainerTest.state(trainer)).isEqualTo(DiscreteTrainerTest.state(other));
    }
  }
}
