package org.basisar.bar;

import org.basisar.bar.basis.BasisStart;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.basis.Projection;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.transform.TransformKind;

/** Parts of the configuration of runs that end in a blink, for tests of other things. */
public final class Tiny {
  private Tiny() {}

  /** Micro-batches with a rate that falls from 1e-2 to 1e-4. */
  public static RunConfig.Training training(long steps, int batch, int accumulation) {
    return training(steps, batch, accumulation, RunConfig.Precision.FP32);
  }

  /** The same with products of another precision. */
  public static RunConfig.Training training(
      long steps, int batch, int accumulation, RunConfig.Precision precision) {
    return new RunConfig.Training(
        steps,
        batch,
        accumulation,
        1e-2,
        1e-4,
        2,
        RunConfig.Schedule.COSINE,
        0.02,
        0.9,
        0.96,
        1,
        0.9,
        0.1,
        precision);
  }

  /** A transform with its usual times, and a band of 0.5 where it is learned. */
  public static RunConfig.Basis basis(
      TransformKind transform,
      BasisStart start,
      Objective.Kind objective,
      Projection.Kind projection) {
    return new RunConfig.Basis(
        transform, start, objective, Objective.Times.LOGIT_NORMAL_PER_CELL, 1, projection, 0.5, 1);
  }
}
