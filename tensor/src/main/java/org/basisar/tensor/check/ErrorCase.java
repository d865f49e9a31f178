package org.basisar.tensor.check;

import java.util.List;
import org.basisar.tensor.Op;

/**
 * Operands that an operation must refuse.
 *
 * @param message the exact text of the {@link org.basisar.tensor.ShapeException}
 */
public record ErrorCase(String name, Op op, List<Operand> operands, String message) {
  /** Copies the list. */
  public ErrorCase {
    operands = List.copyOf(operands);
  }

  /** The operands, as those of a case that works. */
  public OpCase asCase() {
    return new OpCase(name, op, operands, 0, false);
  }

  @Override
  public String toString() {
    return name;
  }
}
