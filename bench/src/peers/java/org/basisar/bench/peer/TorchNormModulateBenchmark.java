package org.basisar.bench.peer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import org.basisar.bench.CpuBenchmark;
import org.basisar.bench.Expected;
import org.basisar.bench.NormCase;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** The modulated RMS norm on libtorch, operation by operation. */
public class TorchNormModulateBenchmark extends CpuBenchmark {
  private static final double TOLERANCE = 1e-4;

  private Runnable forward = () -> {};
  private Runnable both = () -> {};

  /** Prepares and checks. */
  @Setup
  public void prepare() {
    NormCase inputs = NormCase.create();
    NDManager manager = Torch.open(threads);
    NDArray x = Torch.tensor(manager, inputs.x());
    NDArray scale = Torch.tensor(manager, inputs.scale());
    NDArray shift = Torch.tensor(manager, inputs.shift());
    NDArray gradient = Torch.tensor(manager, inputs.gradient());
    Torch.watch(x);
    Torch.watch(scale);
    Torch.watch(shift);
    forward = () -> forward(x, scale, shift);
    both = () -> forwardBackward(x, scale, shift, gradient);
    both.run();
    int image = NormCase.BATCH - 1;
    int token = NormCase.TOKENS - 1;
    int offset = (image * NormCase.TOKENS + token) * NormCase.WIDTH;
    Expected.Normalized expected = Expected.normalized(inputs, image, token);
    try (NDScope temporaries = new NDScope()) {
      temporaries.suppressNotUsedWarning();
      double[] output = Expected.wide(TorchBlock.modulate(x, scale, shift).toFloatArray());
      double[] towardsX = Expected.wide(x.getGradient().toFloatArray());
      Expected.near("output", expected.output(), output, offset, TOLERANCE);
      Expected.near("gradient", expected.gradient(), towardsX, offset, TOLERANCE);
    }
  }

  private static void forward(NDArray x, NDArray scale, NDArray shift) {
    try (NDScope temporaries = new NDScope()) {
      temporaries.suppressNotUsedWarning();
      TorchBlock.modulate(x, scale, shift);
    }
  }

  private static void forwardBackward(NDArray x, NDArray scale, NDArray shift, NDArray gradient) {
    try (NDScope temporaries = new NDScope()) {
      temporaries.suppressNotUsedWarning();
      Torch.clearGradient(x);
      Torch.clearGradient(scale);
      Torch.clearGradient(shift);
      Torch.recording(true);
      Torch.backward(TorchBlock.modulate(x, scale, shift), gradient);
      Torch.recording(false);
    }
  }

  /** Forward. */
  @Benchmark
  public void torchForward() {
    forward.run();
  }

  /** Forward and backward. */
  @Benchmark
  public void torchForwardBackward() {
    both.run();
  }
}
