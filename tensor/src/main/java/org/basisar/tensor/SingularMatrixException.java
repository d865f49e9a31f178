package org.basisar.tensor;

/** A matrix that cannot be inverted. */
public final class SingularMatrixException extends ArithmeticException {
  private static final long serialVersionUID = 1L;

  SingularMatrixException(String message) {
    super(message);
  }
}
