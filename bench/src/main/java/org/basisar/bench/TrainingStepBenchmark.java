package org.basisar.bench;

import java.util.concurrent.TimeUnit;
import org.basisar.tensor.DType;
import org.basisar.tensor.cpu.Workers;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;

/** Our whole training step. */
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 6)
@Measurement(iterations = 5, time = 4)
public class TrainingStepBenchmark extends CpuBenchmark {
  /** Images. */
  @Param({"64", "1"})
  public int batch;

  private TrainingStep step = new NoStep();

  /** Prepares and checks two steps on two images against fp64. */
  @Setup
  public void prepare() {
    Workers.configure(threads);
    StepCase small = StepCase.ofBatch(2);
    try (TrainingStep narrow = new EngineStep(small, DType.F32);
        TrainingStep wide = new EngineStep(small, DType.F64)) {
      for (int i = 0; i < 2; i++) {
        double expected = wide.step();
        Expected.near("loss of step " + i, expected, narrow.step(), 1e-4 * expected);
      }
    }
    step = new EngineStep(StepCase.ofBatch(batch), DType.F32);
    step.step();
  }

  /** One step. */
  @Benchmark
  public double engine() {
    return step.step();
  }
}
