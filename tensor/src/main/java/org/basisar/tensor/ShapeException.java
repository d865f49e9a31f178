package org.basisar.tensor;

import java.util.List;

/** Operands whose shapes or dtypes an operation cannot take; thrown before anything runs. */
public final class ShapeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final transient List<Shape> shapes;

  /**
   * An error about the given shapes.
   *
   * @param message one sentence: operation, shapes, and what would fit
   */
  public ShapeException(String message, Shape... shapes) {
    super(message);
    this.shapes = List.of(shapes);
  }

  /** The offending shapes in operand order. */
  public List<Shape> shapes() {
    return shapes;
  }
}
