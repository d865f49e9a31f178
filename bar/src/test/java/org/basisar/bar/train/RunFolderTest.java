package org.basisar.bar.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.basis.Projection;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.data.ImageSources;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
  private static final ImageData DATA = ImageSources.open("embedded", 8, 1);
  private static final RunConfig CONFIG =
      TrainerTest.config(10, 1, 0.1, Objective.Kind.RESIDUAL, Projection.Kind.SOFT);

  @TempDir Path folder;

  private static TrainedModel model() {
    return new TrainedModel(CONFIG, LearnedBasis.identity(16));
  }

  @Test
  void isMadeOnceAndOpenedAgain() {
    Path path = folder.resolve("deep/run");
    RunFolder made = RunFolder.create(path, CONFIG);
    assertThat(made.path()).isEqualTo(path);
    assertThat(RunFolder.open(path).config()).isEqualTo(CONFIG);
    assertThatThrownBy(() -> RunFolder.create(path, CONFIG))
        .isInstanceOf(RunException.class)
        .hasMessageContaining("is not an empty folder");
  }

  @Test
  void anEmptyFolderMayBecomeARun() throws IOException {
    Files.createDirectories(folder.resolve("empty"));
    RunFolder.create(folder.resolve("empty"), CONFIG);
    assertThat(folder.resolve("empty/config.json")).isNotEmptyFile();
  }

  @Test
  void sampledWeightsAreTheAveragesOfTheLatestCheckpoint() {
    RunFolder run = RunFolder.create(folder.resolve("run"), CONFIG);
    try (TrainedModel model = model();
        Trainer trainer = new Trainer(CONFIG, model, DATA);
        TrainedModel read = model()) {
      trainer.advance();
      run.save(trainer);
      trainer.advance();
      trainer.advance();
      run.save(trainer);
      assertThat(run.restoreAverages(read)).isEmpty();
      trainer
          .optimizer()
          .averages()
          .forEach((path, tensor) ->
              assertThat(Objects.requireNonNull(read.tensors().get(path), path).toFloats())
                  .as(path)
                  .isEqualTo(tensor.toFloats()));
    }
  }

  @Test
  void theStepAndTheCountersComeBack() {
    RunFolder run = RunFolder.create(folder.resolve("run"), CONFIG);
    try (TrainedModel model = model();
        Trainer trainer = new Trainer(CONFIG, model, DATA);
        TrainedModel read = model();
        Trainer resumed = new Trainer(CONFIG, read, DATA)) {
      trainer.advance();
      trainer.advance();
      trainer.projection().counters(31, 2);
      run.save(trainer);
      assertThat(trainer.projection().applied()).isEqualTo(31);
      assertThat(run.restore(resumed)).isEmpty();
      assertThat(resumed.step()).isEqualTo(2);
      assertThat(resumed.projection().applied()).isEqualTo(31);
      assertThat(resumed.projection().skipped()).isEqualTo(2);
    }
  }

  @Test
  void stepsCanBeRaisedButNotBelowWhatIsDone() throws IOException {
    RunFolder run = RunFolder.create(folder.resolve("run"), CONFIG);
    try (TrainedModel model = model();
        Trainer trainer = new Trainer(CONFIG, model, DATA)) {
      trainer.advance();
      trainer.advance();
      run.save(trainer);
    }
    byte[] before = Files.readAllBytes(folder.resolve("run/config.json"));
    assertThatThrownBy(() -> run.withSteps(1))
        .isInstanceOf(RunException.class)
        .hasMessageContaining("has done 2 steps already; give --steps 2 or more");
    assertThat(folder.resolve("run/config.json")).hasBinaryContent(before);
    assertThat(run.withSteps(20).config().training().steps()).isEqualTo(20);
    assertThat(RunFolder.open(folder.resolve("run")).config().training().steps()).isEqualTo(20);
  }

  @Test
  void withoutACheckpointThereIsNothingToSampleButMuchToTrain() {
    RunFolder run = RunFolder.create(folder.resolve("run"), CONFIG);
    try (TrainedModel model = model();
        Trainer trainer = new Trainer(CONFIG, model, DATA)) {
      assertThatThrownBy(() -> run.restoreAverages(model))
          .isInstanceOf(RunException.class)
          .hasMessageContaining("has no checkpoint yet");
      assertThat(run.restore(trainer))
          .singleElement()
          .asString()
          .contains("has no checkpoint yet; training from the beginning");
      assertThat(trainer.step()).isZero();
    }
  }
}
