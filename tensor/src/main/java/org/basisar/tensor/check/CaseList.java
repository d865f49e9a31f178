package org.basisar.tensor.check;

import java.util.ArrayList;
import java.util.List;
import org.basisar.tensor.Op;
import org.basisar.tensor.Shape;

/** Collects cases; a case is named by its operation and the shapes of its operands. */
final class CaseList {
  private final List<OpCase> cases = new ArrayList<>();

  /** Adds a case whose results are no sums. */
  void add(Op op, Operand... operands) {
    sum(0, op, operands);
  }

  /** Adds a case whose result elements are sums of {@code terms} terms. */
  void sum(int terms, Op op, Operand... operands) {
    add(terms, false, op, operands);
  }

  /** Adds a case of products of products, between which a device may round to the dtype. */
  void products(int terms, Op op, Operand... operands) {
    add(terms, true, op, operands);
  }

  private void add(int terms, boolean rounding, Op op, Operand... operands) {
    StringBuilder name = new StringBuilder(op.toString());
    for (Operand operand : operands) {
      name.append(' ').append(operand.shape());
    }
    cases.add(new OpCase(name.toString(), op, List.of(operands), terms, rounding));
  }

  List<OpCase> cases() {
    return List.copyOf(cases);
  }

  /** Shorthand. */
  static Shape shape(int... dims) {
    return Shape.of(dims);
  }
}
