package org.basisar.bar.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.basis.Projection;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.data.ImageSources;
import org.basisar.bar.transform.TransformKind;
import org.basisar.bar.transform.Transforms;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RAR: orders by step, and runs that go on where they stopped. */
class AnnealedOrderTest {
  private static final ImageData DATA = ImageSources.open("embedded", 8, 1);

  private static RunConfig config(long steps, int accumulation, Objective.Kind objective) {
    RunConfig plain = TrainerTest.config(steps, accumulation, 0.1, objective, Projection.Kind.SOFT);
    RunConfig.Basis basis = plain.basis();
    return new RunConfig(
        plain.data(),
        plain.image(),
        plain.network(),
        new RunConfig.Basis(
            TransformKind.RAR,
            basis.start(),
            objective,
            basis.times(),
            1,
            Projection.Kind.NONE,
            0.5,
            1),
        plain.training(),
        plain.sampling(),
        plain.seed());
  }

  private static double[] raster(RunConfig config) {
    return Transforms.of(TransformKind.RAR, 4, 2, 1).onSequence(config.tokens().order().raster());
  }

  private static int[] order(AnnealedOrder orders, long batch) {
    orders.prepare(batch);
    return orders.tensor().toInts();
  }

  @Test
  void theOrderIsAFunctionOfTheBatchAlone() {
    try (AnnealedOrder one = new AnnealedOrder(config(40, 2, Objective.Kind.PLAIN), 16);
        AnnealedOrder other = new AnnealedOrder(config(40, 2, Objective.Kind.PLAIN), 16)) {
      int[] seventh = order(one, 7);
      order(other, 3);
      assertThat(order(other, 7)).isEqualTo(seventh);
      assertThat(seventh).doesNotHaveDuplicates().contains(0, 15);
      assertThat(order(one, 6)).as("parts of one step differ").isNotEqualTo(seventh);
      int[] sorted = new int[16];
      Arrays.setAll(sorted, k -> k);
      for (long batch = 0; batch < 40; batch++) {
        assertThat(order(one, batch)).as("batch %d", batch).isNotEqualTo(sorted);
      }
      for (long batch = 60; batch < 80; batch++) {
        assertThat(order(one, batch)).as("batch %d", batch).isEqualTo(sorted);
      }
    }
  }

  private static Map<String, float[]> state(Trainer trainer) {
    Map<String, Tensor> tensors = new LinkedHashMap<>(trainer.model().tensors());
    tensors.putAll(trainer.optimizer().moments());
    Map<String, float[]> state = new LinkedHashMap<>();
    tensors.forEach((path, tensor) -> state.put(path, tensor.toFloats()));
    return state;
  }

  @ParameterizedTest
  @CsvSource({"1, PLAIN, 3", "2, PLAIN, 6", "1, RESIDUAL, 7"})
  void resumingChangesNoBit(
      int accumulation, Objective.Kind objective, int stopAt, @TempDir Path folder) {
    RunConfig config = config(10, accumulation, objective);
    double[] a = raster(config);
    Map<String, float[]> uninterrupted;
    RunFolder run = RunFolder.create(folder.resolve("run"), config);
    try (TrainedModel model = new TrainedModel(config, a);
        Trainer trainer = new Trainer(config, model, DATA)) {
      while (trainer.step() < 10) {
        if (trainer.step() == stopAt) {
          run.save(trainer);
        }
        trainer.advance();
      }
      uninterrupted = state(trainer);
    }
    assertThat(uninterrupted.get("transform.A")).as("A stays the raster").containsOnly(0, 1);
    try (TrainedModel model = TrainedModel.blank(config);
        Trainer trainer = new Trainer(config, model, DATA)) {
      assertThat(RunFolder.open(folder.resolve("run")).restore(trainer)).isEmpty();
      assertThat(trainer.step()).isEqualTo(stopAt);
      while (trainer.step() < 10) {
        trainer.advance();
      }
      Map<String, float[]> resumed = state(trainer);
      assertThat(resumed.keySet()).isEqualTo(uninterrupted.keySet());
      resumed.forEach(
          (path, values) -> assertThat(values).as(path).isEqualTo(uninterrupted.get(path)));
      double[] kept = model.basis() == null ? new double[0] : model.basis().values();
      assertThat(kept).isEqualTo(a);
    }
  }
}
