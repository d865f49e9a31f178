package org.basisar.bench.peer;

import java.util.Locale;
import org.basisar.bench.EngineStep;
import org.basisar.bench.StepCase;
import org.basisar.bench.StepProbe;
import org.basisar.bench.TrainingStep;
import org.basisar.tensor.DType;

/**
 * Shows that the contestants do the same work: from the same weights, on the same batch, their
 * losses must agree step by step.
 */
public final class LossAgreement {
  private static final double TOLERANCE = 1e-4;

  private LossAgreement() {}

  /**
   * Compares step by step; the exit status is 1 if a loss differs.
   *
   * @param arguments batch (64), steps (5), threads (2)
   */
  public static void main(String[] arguments) {
    int batch = StepProbe.argument(arguments, 0, 64);
    int steps = StepProbe.argument(arguments, 1, 5);
    int threads = StepProbe.argument(arguments, 2, 2);
    StepCase step = StepCase.ofBatch(batch);
    System.out.println(Torch.version());
    System.out.println("| step | ours | libtorch | relative difference |");
    System.out.println("|---|---|---|---|");
    double worst = 0;
    try (TrainingStep ours = new EngineStep(step, DType.F32);
        TrainingStep torch = new TorchStep(step, threads)) {
      for (int i = 1; i <= steps; i++) {
        double mine = ours.step();
        double theirs = torch.step();
        double difference = Math.abs(mine - theirs) / Math.abs(theirs);
        worst = Math.max(worst, difference);
        System.out.printf(
            Locale.ROOT, "| %d | %.7f | %.7f | %.1e |%n", i, mine, theirs, difference);
      }
    }
    if (!(worst <= TOLERANCE)) {
      System.err.println("the losses differ by " + worst + ", allowed are " + TOLERANCE);
      System.exit(1);
    }
  }
}
