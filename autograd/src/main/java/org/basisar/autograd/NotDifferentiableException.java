package org.basisar.autograd;

import org.basisar.tensor.Op;

/** A gradient was required through an operation that has none. */
public final class NotDifferentiableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Op op;

  NotDifferentiableException(Op op, String what) {
    super(op.title() + ": " + what);
    this.op = op;
  }

  /** For operations that are never differentiated. */
  NotDifferentiableException(Op op) {
    this(
        op,
        "has no gradient; detach() its operands, or run it in Tape.noGrad, if none should flow");
  }

  /** The operation; null after deserialization. */
  public Op op() {
    return op;
  }
}
