package org.basisar.bar.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Objects;
import org.basisar.bar.basis.BasisStart;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.basis.Projection;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.data.ImageSplit;
import org.junit.jupiter.api.Test;

class ValidationTest {
  private static final ImageSplit SPLIT = ImageSplit.open("embedded", 8, 1, 70);
  private static final ImageData HELD_OUT = Objects.requireNonNull(SPLIT.heldOut());

  private static RunConfig config(double dropout) {
    return TrainerTest.config(60, 1, dropout, Objective.Kind.RESIDUAL, Projection.Kind.SOFT);
  }

  private static double error(RunConfig config, double[] basis) {
    try (TrainedModel model = new TrainedModel(config, basis)) {
      return new Validation(config, HELD_OUT).error(model);
    }
  }

  @Test
  void trainingLowersIt() {
    RunConfig config = TrainerTest.config(60, 1, 0, Objective.Kind.PLAIN, Projection.Kind.HARD);
    try (TrainedModel model = new TrainedModel(config, LearnedBasis.identity(16));
        Trainer trainer = new Trainer(config, model, SPLIT.training())) {
      Validation validation = new Validation(config, HELD_OUT);
      double before = validation.error(model);
      for (int i = 0; i < 60; i++) {
        trainer.advance();
      }
      assertThat(validation.error(model)).isLessThan(0.8 * before);
    }
  }

  @Test
  void itIsAFunctionOfTheWeightsAlone() {
    RunConfig config = config(0.3);
    try (TrainedModel model = new TrainedModel(config, LearnedBasis.identity(16));
        Trainer trainer = new Trainer(config, model, SPLIT.training())) {
      Validation validation = new Validation(config, HELD_OUT);
      double first = validation.error(model);
      assertThat(validation.error(model)).isEqualTo(first);
      assertThat(new Validation(config, HELD_OUT).error(model)).isEqualTo(first);
      assertThat(model.network().isTraining()).isTrue();
      trainer.advance();
      trainer.advance();
      assertThat(validation.error(model)).isNotEqualTo(first);
    }
  }

  @Test
  void measuringChangesNothingOfTheTraining() {
    assertThat(weightsAfterThreeSteps(true)).isEqualTo(weightsAfterThreeSteps(false));
  }

  private static double[] weightsAfterThreeSteps(boolean measured) {
    RunConfig config = config(0.1);
    try (TrainedModel model = new TrainedModel(config, LearnedBasis.identity(16));
        Trainer trainer = new Trainer(config, model, SPLIT.training())) {
      Validation validation = new Validation(config, HELD_OUT);
      for (int i = 0; i < 3; i++) {
        if (measured) {
          assertThat(validation.error(model)).isPositive();
        }
        trainer.advance();
      }
      return Objects.requireNonNull(model.tensors().get("pred.weight")).toDoubles();
    }
  }

  @Test
  void turningTheBasisAndBackLeavesTheScale() {
    // An untrained network predicts about nothing, so that the error is that of the images.
    double identity = error(config(0), LearnedBasis.identity(16));
    double turned = error(config(0), BasisStart.orthogonal(16, 3));
    assertThat(turned).isCloseTo(identity, within(0.3 * identity));
  }

  @Test
  void coefficientsAreDecodedByTheInverse() {
    // Doubling A doubles the noise's share of what is decoded as little as it can: the error of an
    // exact prediction would be zero for both, and decoding without the inverse would add four.
    double[] doubled = LearnedBasis.identity(16);
    for (int i = 0; i < doubled.length; i++) {
      doubled[i] *= 2;
    }
    assertThat(error(config(0), doubled)).isLessThan(error(config(0), LearnedBasis.identity(16)));
  }

  @Test
  void aBasisWithoutAnInverseHasNoFigure() {
    assertThat(error(config(0), new double[256])).isNaN();
  }
}
