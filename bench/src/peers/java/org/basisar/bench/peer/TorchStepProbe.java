package org.basisar.bench.peer;

import org.basisar.bench.StepCase;
import org.basisar.bench.StepProbe;

/** {@link StepProbe} for libtorch; its memory lies outside the Java heap. */
public final class TorchStepProbe {
  private TorchStepProbe() {}

  /**
   * Measures libtorch's step.
   *
   * @param arguments batch (64), steps (30), threads (2)
   */
  public static void main(String[] arguments) {
    int batch = StepProbe.argument(arguments, 0, 64);
    int steps = StepProbe.argument(arguments, 1, 30);
    int threads = StepProbe.argument(arguments, 2, 2);
    StepProbe.run(
        "libtorch through DJL", () -> new TorchStep(StepCase.ofBatch(batch), threads), steps);
  }
}
