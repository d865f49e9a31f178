package org.basisar.nn;

import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/**
 * A trainable tensor of a module. Its memory lives until the module is closed, whatever scope is
 * open when it is made.
 */
public final class Parameter {
  private final String name;
  private Tensor tensor;

  Parameter(String name, Tensor tensor) {
    this.name = name;
    this.tensor = tensor;
  }

  /** Name within the owning module, such as {@code weight}. */
  public String name() {
    return name;
  }

  /** The values in use: the trained ones, or their average while {@link AdamW#averaged} is open. */
  public Tensor tensor() {
    return tensor;
  }

  /** Extents. */
  public Shape shape() {
    return tensor.shape();
  }

  /** Puts other memory of the same shape in use and returns the old. */
  Tensor exchange(Tensor other) {
    Tensor before = tensor;
    tensor = other;
    return before;
  }
}
