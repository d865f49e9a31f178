package org.basisar.bench;

import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.Tensor;
import org.basisar.tensor.cpu.Workers;
import org.openjdk.jmh.annotations.Param;

/**
 * Hot paths of the basis on any device. The parameters' defaults are a subset that takes minutes;
 * others are given as {@code -p tokens=64,256,1024 -p channels=16,48 -p batch=1,64,2048}.
 */
public abstract class LabBenchmark extends CpuBenchmark {
  /** {@code cpu}, {@code sim} or {@code cuda}. */
  @Param("cpu")
  public String device = "cpu";

  /** N. */
  @Param("256")
  public int tokens = 256;

  /** C. */
  @Param("16")
  public int channels = 16;

  /** B. */
  @Param("64")
  public int batch = 64;

  private Device running = Device.CPU;

  /** Makes the chosen device and threads those of this thread. */
  final TokenCase open() {
    Workers.configure(threads);
    running = Device.named(device);
    Device.use(running);
    return new TokenCase(tokens, channels, batch);
  }

  /** Whether the processor computes. */
  final boolean onProcessor() {
    return running == Device.CPU;
  }

  /** Runs a program to its end. */
  final void complete(Captured program) {
    program.replay();
    running.synchronize();
  }

  /** Runs a program on host arrays, which only the processor has. */
  final void complete(Runnable onHost) {
    if (!onProcessor()) {
      throw new IllegalStateException(
          "this contestant runs on the processor only; exclude it on device " + device);
    }
    onHost.run();
  }

  /** On the current device; F64 stays on the processor. */
  static Tensor tensor(DType dtype, HostTensor values) {
    return EngineStep.tensor(dtype, values);
  }

  /** The greatest difference allowed from fp64, for sums of {@code length} products near 1. */
  static double tolerance(DType storage, int length) {
    return (storage == DType.BF16 ? 0.06 : 2e-5) * Math.sqrt(length);
  }
}
