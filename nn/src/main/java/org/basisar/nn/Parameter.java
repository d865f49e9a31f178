package org.basisar.nn;

import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/**
 * A trainable tensor of a module. Its memory lives until the module is closed, whatever scope is
 * open when it is made.
 */
public final class Parameter {
  private final String name;
  private Values values;

  Parameter(String name, Values values) {
    this.name = name;
    this.values = values;
  }

  /** Name within the owning module, such as {@code weight}. */
  public String name() {
    return name;
  }

  /** The values in use: the trained ones, or their average while {@link AdamW#averaged} is open. */
  public Tensor tensor() {
    return values.tensor();
  }

  /**
   * The values in use in the dtype of products, with gradients as through {@link Ops#cast}. Where
   * the parameter has a copy in that dtype nothing is computed, unless the values were overwritten
   * since; {@link AdamW} writes both.
   */
  public Tensor as(DType products) {
    Tensor copy = values.copy();
    if (copy == null || copy.dtype() != products) {
      return Ops.cast(values.tensor(), products);
    }
    values.refresh();
    return Ops.castTo(values.tensor(), copy);
  }

  /** Extents. */
  public Shape shape() {
    return values.tensor().shape();
  }

  Values values() {
    return values;
  }

  /** Puts other values of the same shape in use and returns the old. */
  Values exchange(Values other) {
    Values before = values;
    values = other;
    return before;
  }
}
