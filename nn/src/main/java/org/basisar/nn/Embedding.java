package org.basisar.nn;

import org.basisar.tensor.Ops;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/** A table of vectors; parameter {@code weight} [rows, width], initially N(0, 0.02²). */
public final class Embedding extends Module {
  private final Parameter weight; // [rows, width]

  /** A table of {@code rows} vectors. */
  public Embedding(Setup setup, int rows, int width) {
    weight = parameter(setup, "weight", Shape.of(rows, width), Initializer.normal(0.02));
  }

  /** The table itself, [rows, width]. */
  public Tensor table() {
    return weight.tensor();
  }

  /** Looks up I32 indices of any shape: [...] to [..., width]. */
  public Tensor forward(Tensor index) {
    return Ops.embedding(weight.tensor(), index);
  }
}
