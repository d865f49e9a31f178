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
import org.basisar.bar.mar.MarConfig;
import org.basisar.bar.mar.MarSettings;
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

  private static RunConfig mar(RunConfig xar) {
    int classes = xar.network().classes();
    MarConfig size = new MarConfig(16, 12, 16, 2, 1, 16, 2, 3, classes, 0.1);
    return xar.withNetwork(new MarSettings(size, 0.7, 2, 4, 0.9, 1.5, false));
  }

  @Test
  void trainingAMarNetworkLowersIt() {
    RunConfig config =
        mar(TrainerTest.config(60, 1, 0, Objective.Kind.RESIDUAL, Projection.Kind.SOFT));
    try (TrainedModel model = new TrainedModel(config, LearnedBasis.identity(16));
        Trainer trainer = new Trainer(config, model, SPLIT.training())) {
      Validation validation = new Validation(config, HELD_OUT);
      double before = validation.error(model);
      assertThat(validation.error(model)).isEqualTo(before);
      assertThat(new Validation(config, HELD_OUT).error(model)).isEqualTo(before);
      for (int i = 0; i < 60; i++) {
        trainer.advance();
      }
      assertThat(validation.error(model)).isLessThan(0.8 * before);
      assertThat(model.network().isTraining()).isTrue();
    }
  }

  /** Its prediction is 0 then, so that what is left is the noise over the signal, squared. */
  @Test
  void anUntrainedMarNetworkHasTheErrorOfItsTimes() {
    // The mean of t²/(1 − t)² for t uniform in [0, 0.9] is 5.9.
    RunConfig config = mar(config(0));
    assertThat(error(config, LearnedBasis.identity(16))).isCloseTo(5.9, within(0.3));
    assertThat(error(config, BasisStart.orthogonal(16, 3))).isCloseTo(5.9, within(0.3));
  }
}
