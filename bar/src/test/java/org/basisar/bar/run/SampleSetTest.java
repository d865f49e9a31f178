package org.basisar.bar.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.basisar.bar.Tiny;
import org.basisar.bar.basis.BasisStart;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.basis.Projection;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.train.RunException;
import org.basisar.bar.train.TrainedModel;
import org.basisar.bar.transform.TransformKind;
import org.basisar.bar.xar.SamplerSettings;
import org.basisar.bar.xar.XarConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleSetTest {
  private static RunConfig config(double firstGuidance) {
    return new RunConfig(
        new RunConfig.Data("embedded", List.of("a", "b"), false),
        new RunConfig.Image(4, 1, 1, 1),
        new XarConfig(4, 2, 1, 8, 1, 1, 8, 2, 0),
        Tiny.basis(
            TransformKind.XAR, BasisStart.IDENTITY, Objective.Kind.PLAIN, Projection.Kind.SOFT),
        Tiny.training(1, 2, 1),
        new SamplerSettings(SamplerSettings.Method.EULER, 1, 2, firstGuidance),
        3);
  }

  @Test
  void aSetDoesNotGoOnWithAnotherGuidanceOfTheFirstCell(@TempDir Path folder) throws IOException {
    RunConfig begun = config(1);
    int[] labels = {0, 0, 1};
    Path target = folder.resolve("set");
    try (TrainedModel model = TrainedModel.blank(begun)) {
      boolean[] stop = {false, true};
      int[] asked = {0};
      assertThat(
              new SampleSet(ImageModel.of(begun, model), target, labels, 5, 2)
                  .make(new SilentListener(), () -> stop[asked[0]++]))
          .isFalse();
      assertThatThrownBy(() ->
              new SampleSet(ImageModel.of(config(1.5), model), target, labels, 5, 2)
                  .make(new SilentListener(), () -> false))
          .isInstanceOf(RunException.class)
          .hasMessageContaining("guidance");
      assertThat(
              new SampleSet(ImageModel.of(begun, model), target, labels, 5, 2)
                  .make(new SilentListener(), () -> false))
          .isTrue();
    }
  }
}
