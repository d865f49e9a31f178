package org.basisar.bar.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.basis.Projection;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.data.ImageSources;
import org.basisar.bar.run.Generator;
import org.basisar.gpu.GpuOutOfMemoryException;
import org.basisar.gpu.sim.SimulatedGpu;
import org.basisar.tensor.Device;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Training and sampling through the CUDA back end, on a simulated GPU, against the CPU. */
final class SimulatedTrainingTest {
  private static final ImageData DATA = ImageSources.open("embedded", 8, 1);
  private static final int STEPS = 20;

  private static RunConfig config(RunConfig.Precision precision) {
    return TrainerTest.config(
        STEPS, 1, 0.1, Objective.Kind.RESIDUAL, Projection.Kind.SOFT, precision);
  }

  /** Loss and gradient norm of every step, then the samples of the trained model. */
  private static List<double[]> trainAndSample(RunConfig config, Device device) {
    return device.call(() -> {
      List<double[]> results = new ArrayList<>();
      try (TrainedModel model = new TrainedModel(config, LearnedBasis.identity(16));
          Trainer trainer = new Trainer(config, model, DATA)) {
        long steady = 0;
        for (int step = 0; step < STEPS; step++) {
          StepReport report = trainer.advance();
          results.add(new double[] {report.objective(), report.gradientNorm()});
          if (step > 0) {
            assertThat(device.outstandingBytes()).isEqualTo(steady);
          }
          steady = device.outstandingBytes();
        }
        model.network().training(false);
        try (Generator generator = new Generator(config, model, config.sampling(), 3)) {
          results.addAll(generator.coefficients(new int[] {0, 3, 5}, 9, () -> {}));
        }
      }
      return results;
    });
  }

  @ParameterizedTest
  @EnumSource
  void twentyStepsAndSamplesAgreeWithTheCpu(RunConfig.Precision precision) {
    SimulatedGpu gpu = SimulatedGpu.create();
    Device sim = Device.on("sim", gpu);
    List<double[]> expected = trainAndSample(config(precision), Device.CPU);
    List<double[]> actual = trainAndSample(config(precision), sim);
    assertThat(sim.outstandingBytes()).isZero();
    assertThat(gpu.statistics().launches()).isGreaterThan(1000);
    // Rounding differs from the first step on, and training magnifies it.
    double tolerance = precision == RunConfig.Precision.FP32 ? 1e-4 : 5e-2;
    for (int i = 0; i < expected.size(); i++) {
      double size = 1;
      for (double value : expected.get(i)) {
        size = Math.max(size, Math.abs(value));
      }
      assertThat(actual.get(i))
          .as("result %d", i)
          .containsExactly(expected.get(i), within(tolerance * size));
    }
  }

  @Test
  void theSameSeedGivesTheSameBits() {
    RunConfig config = config(RunConfig.Precision.BF16);
    List<double[]> first = trainAndSample(config, Device.on("sim", SimulatedGpu.create()));
    List<double[]> again =
        trainAndSample(config, Device.on("sim", SimulatedGpu.create().shuffleWarps(5)));
    assertThat(again.toArray(new double[0][])).isDeepEqualTo(first.toArray(new double[0][]));
  }

  /** Loss of the first step, or an exception if the memory does not suffice. */
  private static double firstLoss(Device device) {
    RunConfig config = config(RunConfig.Precision.FP32);
    return device.call(() -> {
      try (TrainedModel model =
              Scope.guarded(() -> new TrainedModel(config, LearnedBasis.identity(16)));
          Trainer trainer = Scope.guarded(() -> new Trainer(config, model, DATA))) {
        return trainer.advance().objective();
      }
    });
  }

  @Test
  void allocationsOfAStepMayFailOnce() {
    failOnce(n -> n + 1 + n / 12);
  }

  @Test
  @Tag("slow")
  void everyAllocationOfAStepMayFailOnce() {
    failOnce(n -> n + 1);
  }

  private static void failOnce(LongUnaryOperator next) {
    SimulatedGpu counting = SimulatedGpu.create();
    Device counted = Device.on("sim", counting);
    long before = counting.statistics().allocations();
    double loss = firstLoss(counted);
    long allocations = counting.statistics().allocations() - before;
    assertThat(allocations).isGreaterThan(20);
    for (long n = 1; n <= allocations; n = next.applyAsLong(n)) {
      SimulatedGpu gpu = SimulatedGpu.create();
      Device device = Device.on("sim", gpu);
      gpu.failAllocation(n);
      assertThat(firstLoss(device)).as("allocation %d fails", n).isEqualTo(loss);
      assertThat(device.allocationRetries()).isEqualTo(1);
      assertThat(device.outstandingBytes()).isZero();
    }
  }

  @Test
  void exhaustionIsOneSentenceAndLeavesTheDeviceUsable() {
    SimulatedGpu roomy = SimulatedGpu.create();
    firstLoss(Device.on("sim", roomy));
    long needed = roomy.statistics().peakBytes();
    for (long budget = needed / 8; budget < needed; budget += needed / 8) {
      Device device = Device.on("sim", SimulatedGpu.create(budget));
      assertThatThrownBy(() -> firstLoss(device))
          .isInstanceOf(GpuOutOfMemoryException.class)
          .hasMessageContaining("sim has no")
          .hasMessageContaining("tensors hold");
      assertThat(device.outstandingBytes()).isZero();
      double sum =
          device.call(() -> {
            try (Scope _ = Scope.open()) {
              return Ops.sum(Tensor.of(new float[] {1, 2, 3}, 3)).item();
            }
          });
      assertThat(sum).isEqualTo(6);
    }
  }
}
