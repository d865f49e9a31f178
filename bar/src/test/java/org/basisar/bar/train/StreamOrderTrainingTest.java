package org.basisar.bar.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.basis.Projection;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.data.ImageSources;
import org.basisar.gpu.sim.SimulatedGpu;
import org.basisar.gpu.sim.StreamOrder;
import org.basisar.tensor.Device;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Training is the same in every order of the device's streams, and not without their events. */
final class StreamOrderTrainingTest {
  private static final ImageData DATA = ImageSources.open("embedded", 8, 1);
  private static final int STEPS = 5;

  /** All scalars of every step. */
  private static List<StepReport> train(SimulatedGpu gpu, int accumulation) {
    RunConfig config =
        TrainerTest.config(STEPS, accumulation, 0.1, Objective.Kind.RESIDUAL, Projection.Kind.SOFT);
    return Device.on("sim", gpu)
        .call(() -> {
          List<StepReport> reports = new ArrayList<>();
          try (TrainedModel model = new TrainedModel(config, LearnedBasis.identity(16));
              Trainer trainer = new Trainer(config, model, DATA)) {
            while (trainer.step() < STEPS) {
              reports.add(trainer.advance());
            }
          }
          return reports;
        });
  }

  @ParameterizedTest
  @CsvSource({"LATE, 1", "LATE, 2", "UPLOADS_EARLY, 1", "UPLOADS_EARLY, 2"})
  void everyOrderGivesTheSameBits(StreamOrder order, int accumulation) {
    List<StepReport> expected = train(SimulatedGpu.create(), accumulation);
    assertThat(train(SimulatedGpu.create().streamOrder(order), accumulation)).isEqualTo(expected);
  }

  @Test
  void withoutEventsTheBatchesAreOthers() {
    List<StepReport> expected = train(SimulatedGpu.create(), 2);
    for (StreamOrder order : List.of(StreamOrder.LATE, StreamOrder.UPLOADS_EARLY)) {
      SimulatedGpu gpu = SimulatedGpu.create().streamOrder(order).ignoreWaits(true, false);
      assertThat(train(gpu, 2)).as("%s", order).isNotEqualTo(expected);
    }
  }
}
