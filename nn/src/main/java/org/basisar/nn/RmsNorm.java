package org.basisar.nn;

import org.basisar.tensor.Ops;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/** x·rsqrt(mean x² + 1e-6)·weight over the last axis; parameter {@code weight} [width] of ones. */
public final class RmsNorm extends Module {
  /** Added to the mean square before the root. */
  public static final double EPSILON = 1e-6;

  private final Parameter weight; // [width]

  /** A norm over vectors of this width. */
  public RmsNorm(Setup setup, int width) {
    weight = parameter(setup, "weight", Shape.of(width), Initializer.constant(1));
  }

  /** Normalises [..., width]. */
  public Tensor forward(Tensor x) {
    return Ops.rmsNorm(x, weight.tensor(), EPSILON);
  }
}
