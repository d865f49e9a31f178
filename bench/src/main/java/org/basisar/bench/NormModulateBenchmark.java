package org.basisar.bench;

import org.basisar.tensor.DType;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Normalization;
import org.basisar.tensor.Tensor;
import org.basisar.tensor.cpu.Workers;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** Our modulated RMS norm. */
public class NormModulateBenchmark extends CpuBenchmark {
  private static final double TOLERANCE = 1e-4;

  private Captured forward = new Captured(() -> new Tensor[0]);
  private Captured both = new Captured(() -> new Tensor[0]);

  /** Prepares and checks. */
  @Setup
  public void prepare() {
    Workers.configure(threads);
    NormCase inputs = NormCase.create();
    Tensor x = EngineStep.tensor(DType.F32, inputs.x());
    Tensor scale = EngineStep.tensor(DType.F32, inputs.scale());
    Tensor shift = EngineStep.tensor(DType.F32, inputs.shift());
    Tensor gradient = EngineStep.tensor(DType.F32, inputs.gradient());
    Normalization.RmsNormModulate ahead = new Normalization.RmsNormModulate(StepCase.NORM_EPSILON);
    Normalization.RmsNormModulateGradient back =
        new Normalization.RmsNormModulateGradient(StepCase.NORM_EPSILON);
    forward = new Captured(() -> Engine.run(ahead, x, scale, shift));
    both =
        new Captured(() -> {
          Engine.run(ahead, x, scale, shift);
          return Engine.run(back, x, scale, gradient);
        });
    int image = NormCase.BATCH - 1;
    int token = NormCase.TOKENS - 1;
    int offset = (image * NormCase.TOKENS + token) * NormCase.WIDTH;
    Expected.Normalized expected = Expected.normalized(inputs, image, token);
    Expected.near("output", expected.output(), Expected.wide(forward.result(0)), offset, TOLERANCE);
    Expected.near(
        "gradient", expected.gradient(), Expected.wide(both.result(0)), offset, TOLERANCE);
  }

  /** Forward. */
  @Benchmark
  public void engineForward() {
    forward.replay();
  }

  /** Forward and backward. */
  @Benchmark
  public void engineForwardBackward() {
    both.replay();
  }
}
