package org.basisar.nn;

import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * y = x·weightᵀ + bias; parameters {@code weight} [out, in] and {@code bias} [out]. Computes in the
 * dtype of products and gives its result in it; what comes in is cast.
 */
public final class Linear extends Module {
  private final Parameter weight; // [out, in]
  private final @Nullable Parameter bias; // [out]
  private final DType products;

  /** A layer with Xavier-uniform weight and zero bias. */
  public Linear(Setup setup, int in, int out) {
    this(setup, in, out, true);
  }

  /** A layer with or without bias. */
  public Linear(Setup setup, int in, int out, boolean withBias) {
    this(setup, in, out, withBias, Initializer.xavierUniform());
  }

  /** A layer with zero bias whose weight starts otherwise. */
  public Linear(Setup setup, int in, int out, Initializer start) {
    this(setup, in, out, true, start);
  }

  private Linear(Setup setup, int in, int out, boolean withBias, Initializer start) {
    products = setup.products();
    weight = factor(setup, "weight", Shape.of(out, in), start);
    bias = withBias ? factor(setup, "bias", Shape.of(out), Initializer.constant(0)) : null;
  }

  /** Maps [..., in] to [..., out]. */
  public Tensor forward(Tensor x) {
    return Ops.linear(
        Ops.cast(x, products), weight.as(products), bias == null ? null : bias.as(products));
  }
}
