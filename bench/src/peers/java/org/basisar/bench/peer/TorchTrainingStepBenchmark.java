package org.basisar.bench.peer;

import java.util.concurrent.TimeUnit;
import org.basisar.bench.CpuBenchmark;
import org.basisar.bench.EngineStep;
import org.basisar.bench.Expected;
import org.basisar.bench.NoStep;
import org.basisar.bench.StepCase;
import org.basisar.bench.TrainingStep;
import org.basisar.tensor.DType;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;

/** The whole training step on libtorch through DJL. */
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 6)
@Measurement(iterations = 5, time = 4)
public class TorchTrainingStepBenchmark extends CpuBenchmark {
  /** Images. */
  @Param({"64", "1"})
  public int batch;

  private TrainingStep step = new NoStep();

  /** Prepares and checks two steps on two images against our fp64. */
  @Setup
  public void prepare() {
    StepCase small = StepCase.ofBatch(2);
    try (TrainingStep torch = new TorchStep(small, threads);
        TrainingStep wide = new EngineStep(small, DType.F64)) {
      for (int i = 0; i < 2; i++) {
        double expected = wide.step();
        Expected.near("loss of step " + i, expected, torch.step(), 1e-4 * expected);
      }
    }
    step = new TorchStep(StepCase.ofBatch(batch), threads);
    step.step();
  }

  /** One step. */
  @Benchmark
  public double torch() {
    return step.step();
  }
}
