package org.basisar.bar.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.basisar.bar.Tiny;
import org.basisar.bar.basis.BasisStart;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.basis.Projection;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.data.ImageSources;
import org.basisar.bar.transform.TransformKind;
import org.basisar.bar.xar.SamplerSettings;
import org.basisar.bar.xar.XarConfig;
import org.basisar.tensor.Device;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {
  private static final ImageData DATA = ImageSources.open("embedded", 8, 1);

  static RunConfig config(
      long steps,
      int accumulation,
      double dropout,
      Objective.Kind kind,
      Projection.Kind projection) {
    return config(steps, accumulation, dropout, kind, projection, RunConfig.Precision.FP32);
  }

  static RunConfig config(
      long steps,
      int accumulation,
      double dropout,
      Objective.Kind kind,
      Projection.Kind projection,
      RunConfig.Precision precision) {
    return new RunConfig(
        new RunConfig.Data("embedded", DATA.classNames(), true),
        new RunConfig.Image(8, 3, 2, 2),
        new XarConfig(4, 2, 12, 16, 2, 1, 42, DATA.classNames().size(), dropout),
        Tiny.basis(TransformKind.LEARNED, BasisStart.IDENTITY, kind, projection),
        Tiny.training(steps, 5, accumulation, precision),
        new SamplerSettings(SamplerSettings.Method.EULER_MARUYAMA, 3, 2),
        7);
  }

  private static TrainedModel model(RunConfig config) {
    return new TrainedModel(config, LearnedBasis.identity(16));
  }

  /** Every number that training changes. */
  private static Map<String, List<Float>> state(Trainer trainer) {
    Map<String, Tensor> tensors = new LinkedHashMap<>(trainer.model().tensors());
    tensors.putAll(trainer.optimizer().moments());
    trainer
        .optimizer()
        .averages()
        .forEach((path, tensor) -> tensors.put("average " + path, tensor));
    Map<String, List<Float>> state = new LinkedHashMap<>();
    tensors.forEach((path, tensor) -> {
      float[] values = tensor.toFloats();
      List<Float> boxed = new ArrayList<>();
      for (float value : values) {
        boxed.add(value);
      }
      state.put(path, boxed);
    });
    return state;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void resumingAtARandomStepChangesNoBit(int accumulation, @TempDir Path folder) {
    long seed = System.nanoTime();
    int stopAt = 1 + new SplittableRandom(seed).nextInt(9);
    System.out.println("TrainerTest: seed " + seed + ", stop after step " + stopAt);
    RunConfig config = config(10, accumulation, 0.1, Objective.Kind.RESIDUAL, Projection.Kind.SOFT);
    Map<String, List<Float>> uninterrupted;
    try (TrainedModel model = model(config);
        Trainer trainer = new Trainer(config, model, DATA)) {
      while (trainer.step() < 10) {
        trainer.advance();
      }
      uninterrupted = state(trainer);
    }
    RunFolder run = RunFolder.create(folder.resolve("run"), config);
    try (TrainedModel model = model(config);
        Trainer trainer = new Trainer(config, model, DATA)) {
      while (trainer.step() < stopAt) {
        trainer.advance();
      }
      run.save(trainer);
      // What happens after the save and before the kill is lost.
      trainer.advance();
    }
    RunFolder reopened = RunFolder.open(folder.resolve("run"));
    assertThat(reopened.config()).isEqualTo(config);
    try (TrainedModel model = model(config);
        Trainer trainer = new Trainer(config, model, DATA)) {
      assertThat(reopened.restore(trainer)).isEmpty();
      assertThat(trainer.step()).isEqualTo(stopAt);
      while (trainer.step() < 10) {
        trainer.advance();
      }
      assertThat(state(trainer)).isEqualTo(uninterrupted);
    }
  }

  @ParameterizedTest
  @EnumSource(Objective.Kind.class)
  void trainingLowersTheLossAndMovesTheBasis(Objective.Kind kind) {
    RunConfig config = config(60, 1, 0, kind, Projection.Kind.SOFT);
    try (TrainedModel model = model(config);
        Trainer trainer = new Trainer(config, model, DATA)) {
      double first = 0;
      double last = 0;
      for (int i = 0; i < 60; i++) {
        StepReport report = trainer.advance();
        first += i < 10 ? report.objective() : 0;
        last += i >= 50 ? report.objective() : 0;
        assertThat(report.step()).isEqualTo(i + 1);
      }
      assertThat(last).isLessThan(0.8 * first);
      assertThat(Objects.requireNonNull(model.basis()).values())
          .isNotEqualTo(LearnedBasis.identity(16));
      assertThat(trainer.projection().applied() + trainer.projection().skipped()).isEqualTo(60);
    }
  }

  @Test
  void hardProjectionKeepsTheBasisOrthogonal() {
    RunConfig config = config(5, 1, 0, Objective.Kind.RESIDUAL, Projection.Kind.HARD);
    try (TrainedModel model = model(config);
        Trainer trainer = new Trainer(config, model, DATA)) {
      for (int i = 0; i < 5; i++) {
        assertThat(trainer.advance().orthogonality()).isLessThan(1e-5);
      }
      assertThat(trainer.projection().applied()).isEqualTo(5);
    }
  }

  @Test
  void memoryInUseDoesNotGrowFromStepToStep() {
    RunConfig config = config(8, 1, 0.1, Objective.Kind.RESIDUAL, Projection.Kind.SOFT);
    long before = Device.CPU.outstandingBytes();
    try (TrainedModel model = model(config);
        Trainer trainer = new Trainer(config, model, DATA)) {
      trainer.advance();
      long after = Device.CPU.outstandingBytes();
      long workspace = trainer.workspaceBytes();
      for (int i = 0; i < 7; i++) {
        trainer.advance();
        assertThat(Device.CPU.outstandingBytes()).isEqualTo(after);
        assertThat(trainer.workspaceBytes()).isEqualTo(workspace);
      }
    }
    assertThat(Device.CPU.outstandingBytes()).isEqualTo(before);
  }

  @Test
  void batchesAreAFunctionOfTheirNumber() {
    RunConfig config = config(1, 1, 0, Objective.Kind.PLAIN, Projection.Kind.SOFT);
    PixelTokens tokens = config.tokens();
    float[] early = new float[5 * tokens.size()];
    float[] late = new float[5 * tokens.size()];
    int[] earlyLabels = new int[5];
    int[] lateLabels = new int[5];
    BatchSource one = new BatchSource(DATA, tokens, 5, true, 0.5, 99, 3);
    BatchSource other = new BatchSource(DATA, tokens, 5, true, 0.5, 99, 3);
    long number = one.batchesPerEpoch() + 17;
    for (long i = 0; i <= 3; i++) {
      one.fill(i, early, earlyLabels);
    }
    one.fill(number, early, earlyLabels);
    other.fill(number, late, lateLabels);
    assertThat(early).isEqualTo(late);
    assertThat(earlyLabels).isEqualTo(lateLabels);
    one.fill(number + 1, early, earlyLabels);
    assertThat(early).isNotEqualTo(late);
  }
}
