package org.basisar.bar.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.basisar.bar.Tiny;
import org.basisar.bar.basis.BasisStart;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.basis.Projection;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.train.TrainedModel;
import org.basisar.bar.transform.TransformKind;
import org.basisar.bar.xar.SamplerSettings;
import org.basisar.bar.xar.XarConfig;
import org.basisar.tensor.Device;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GeneratorTest {
  private static final int[] LABELS = {0, 1, 2, 0, 2};

  private static RunConfig config(TransformKind transform, SamplerSettings.Method method) {
    return new RunConfig(
        new RunConfig.Data("embedded", List.of("a", "b", "c"), false),
        new RunConfig.Image(8, 3, 2, 2),
        new XarConfig(4, 2, 12, 16, 2, 1, 42, 3, 0.1),
        Tiny.basis(transform, BasisStart.ORTHOGONAL, Objective.Kind.PLAIN, Projection.Kind.SOFT),
        Tiny.training(1, 1, 1),
        new SamplerSettings(method, 3, 2),
        7);
  }

  private static TrainedModel model(RunConfig config) {
    double[] start =
        config.basis().transform() == TransformKind.XAR ? null : BasisStart.orthogonal(16, 5);
    return new TrainedModel(config, start);
  }

  private static List<double[]> generate(RunConfig config, TrainedModel model, int batch) {
    try (Generator generator = new Generator(config, model, config.sampling(), batch)) {
      int[] evaluations = new int[1];
      List<double[]> images = generator.coefficients(LABELS.clone(), 11, () -> evaluations[0]++);
      assertThat((long) evaluations[0])
          .isEqualTo(ImageModel.of(config, model).evaluations(LABELS.length, batch));
      return images;
    }
  }

  @ParameterizedTest
  @EnumSource(SamplerSettings.Method.class)
  void anImageDoesNotDependOnItsBatch(SamplerSettings.Method method) {
    RunConfig config = config(TransformKind.LEARNED, method);
    try (TrainedModel model = model(config)) {
      List<double[]> alone = generate(config, model, 1);
      List<double[]> pairs = generate(config, model, 2);
      List<double[]> together = generate(config, model, 5);
      assertThat(together).hasSize(5);
      for (int i = 0; i < 5; i++) {
        assertThat(together.get(i)).containsExactly(alone.get(i), within(1e-4));
        assertThat(pairs.get(i)).containsExactly(alone.get(i), within(1e-4));
      }
      // Same label, other noise.
      assertThat(together.get(0)).isNotEqualTo(together.get(3));
      assertThat(generate(config, model, 5)).usingRecursiveComparison().isEqualTo(together);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = TransformKind.class,
      names = {"LEARNED", "XAR"})
  void thePrefixOfAllCoefficientsIsTheImage(TransformKind transform) {
    RunConfig config = config(transform, SamplerSettings.Method.EULER);
    try (TrainedModel model = model(config);
        Generator generator = new Generator(config, model, config.sampling(), 2)) {
      List<double[]> coefficients = generator.coefficients(new int[] {0, 2}, 3, () -> {});
      List<float[]> images = generator.images(coefficients);
      List<List<float[]>> prefixes = generator.prefixes(coefficients, new int[] {0, 7, 16});
      for (int i = 0; i < 2; i++) {
        assertThat(prefixes.get(i).get(0)).containsOnly(0);
        assertThat(prefixes.get(i).get(1)).isNotEqualTo(prefixes.get(i).get(2));
        assertThat(prefixes.get(i).get(2)).containsExactly(images.get(i), within(1e-5f));
      }
    }
  }

  @Test
  void memoryComesBack() {
    RunConfig config = config(TransformKind.LEARNED, SamplerSettings.Method.EULER);
    try (TrainedModel model = model(config)) {
      long before = Device.CPU.outstandingBytes();
      generate(config, model, 2);
      assertThat(Device.CPU.outstandingBytes()).isEqualTo(before);
    }
  }

  @Test
  void atMostSixteenClassesAreShown() {
    assertThat(RunPictures.shownClasses(1)).containsExactly(0);
    assertThat(RunPictures.shownClasses(3)).containsExactly(0, 1, 2);
    assertThat(RunPictures.shownClasses(16)).hasSize(16).endsWith(15);
    assertThat(RunPictures.shownClasses(17)).hasSize(16).doesNotHaveDuplicates().isSorted();
    assertThat(RunPictures.shownClasses(1000))
        .startsWith(0, 62, 125)
        .endsWith(937)
        .hasSize(16)
        .doesNotHaveDuplicates();
  }
}
