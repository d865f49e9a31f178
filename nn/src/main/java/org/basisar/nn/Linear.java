package org.basisar.nn;

import org.basisar.tensor.Ops;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** y = x·weightᵀ + bias; parameters {@code weight} [out, in] and {@code bias} [out]. */
public final class Linear extends Module {
  private final Parameter weight; // [out, in]
  private final @Nullable Parameter bias; // [out]

  /** A layer with Xavier-uniform weight and zero bias. */
  public Linear(Setup setup, int in, int out) {
    this(setup, in, out, true);
  }

  /** A layer with or without bias. */
  public Linear(Setup setup, int in, int out, boolean withBias) {
    weight = parameter(setup, "weight", Shape.of(out, in), Initializer.xavierUniform());
    bias = withBias ? parameter(setup, "bias", Shape.of(out), Initializer.constant(0)) : null;
  }

  /** Maps [..., in] to [..., out]. */
  public Tensor forward(Tensor x) {
    return Ops.linear(x, weight.tensor(), bias == null ? null : bias.tensor());
  }
}
