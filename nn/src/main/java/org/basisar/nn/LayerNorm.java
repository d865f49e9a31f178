package org.basisar.nn;

import org.basisar.tensor.Ops;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/** (x − mean)·rsqrt(var + ε)·weight + bias over the last axis; weight ones, bias zeros. */
public final class LayerNorm extends Module {
  private final Parameter weight; // [width]
  private final Parameter bias; // [width]
  private final double epsilon;

  /** A norm over vectors of this width. */
  public LayerNorm(Setup setup, int width, double epsilon) {
    weight = parameter(setup, "weight", Shape.of(width), Initializer.constant(1));
    bias = parameter(setup, "bias", Shape.of(width), Initializer.constant(0));
    this.epsilon = epsilon;
  }

  /** Normalises [..., width]. */
  public Tensor forward(Tensor x) {
    return Ops.layerNorm(x, weight.tensor(), bias.tensor(), epsilon);
  }
}
