package org.basisar.bar.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.basis.Projection;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.data.ImageSources;
import org.basisar.bar.mar.MarConfig;
import org.basisar.bar.mar.MarSettings;
import org.basisar.nn.io.Json;
import org.basisar.tensor.Device;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Training of MAR networks, whose shapes change from batch to batch. */
final class MarTrainingTest {
  private static final ImageData DATA = ImageSources.open("embedded", 8, 1);

  private static RunConfig config(
      long steps, int accumulation, double dropout, Objective.Kind kind) {
    RunConfig xar = TrainerTest.config(steps, accumulation, dropout, kind, Projection.Kind.SOFT);
    return new RunConfig(
        xar.data(),
        xar.image(),
        new MarSettings(
            new MarConfig(16, 12, 16, 2, 1, 16, 2, 3, DATA.classNames().size(), dropout),
            0.7,
            2,
            4,
            0.9,
            1.5,
            false),
        xar.basis(),
        xar.training(),
        xar.sampling(),
        xar.seed());
  }

  private static TrainedModel model(RunConfig config) {
    return new TrainedModel(config, LearnedBasis.identity(16));
  }

  /** Every number that training changes. */
  private static Map<String, Integer> state(Trainer trainer) {
    Map<String, Tensor> tensors = new LinkedHashMap<>(trainer.model().tensors());
    tensors.putAll(trainer.optimizer().moments());
    trainer
        .optimizer()
        .averages()
        .forEach((path, tensor) -> tensors.put("average " + path, tensor));
    Map<String, Integer> state = new LinkedHashMap<>();
    tensors.forEach((path, tensor) -> state.put(path, Arrays.hashCode(tensor.toFloats())));
    return state;
  }

  @Test
  void theConfigurationIsReadBack() {
    RunConfig config = config(3, 2, 0.1, Objective.Kind.RESIDUAL);
    String text = Json.write(ConfigJson.write(config));
    assertThat(
            ConfigJson.read(
                Json.parseObject(text.getBytes(java.nio.charset.StandardCharsets.UTF_8))))
        .isEqualTo(config);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void resumingChangesNoBit(int accumulation, @TempDir Path folder) {
    RunConfig config = config(9, accumulation, 0.1, Objective.Kind.RESIDUAL);
    Map<String, Integer> uninterrupted;
    try (TrainedModel model = model(config);
        Trainer trainer = new Trainer(config, model, DATA)) {
      while (trainer.step() < 9) {
        trainer.advance();
      }
      uninterrupted = state(trainer);
    }
    RunFolder run = RunFolder.create(folder.resolve("run"), config);
    try (TrainedModel model = model(config);
        Trainer trainer = new Trainer(config, model, DATA)) {
      while (trainer.step() < 4) {
        trainer.advance();
      }
      run.save(trainer);
      trainer.advance();
    }
    RunFolder reopened = RunFolder.open(folder.resolve("run"));
    try (TrainedModel model = model(config);
        Trainer trainer = new Trainer(config, model, DATA)) {
      assertThat(reopened.restore(trainer)).isEmpty();
      while (trainer.step() < 9) {
        trainer.advance();
      }
      assertThat(state(trainer)).isEqualTo(uninterrupted);
    }
  }

  @ParameterizedTest
  @EnumSource(Objective.Kind.class)
  void trainingLowersTheLossAndMovesTheBasis(Objective.Kind kind) {
    RunConfig config = config(80, 1, 0, kind);
    long before = Device.CPU.outstandingBytes();
    try (TrainedModel model = model(config);
        Trainer trainer = new Trainer(config, model, DATA)) {
      double first = 0;
      double last = 0;
      for (int i = 0; i < 80; i++) {
        StepReport report = trainer.advance();
        first += i < 20 ? report.objective() : 0;
        last += i >= 60 ? report.objective() : 0;
      }
      assertThat(last).isLessThan(0.9 * first);
      assertThat(Objects.requireNonNull(model.basis()).values())
          .isNotEqualTo(LearnedBasis.identity(16));
    }
    assertThat(Device.CPU.outstandingBytes()).isEqualTo(before);
  }
}
