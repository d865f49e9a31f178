package org.basisar.tensor;

/** An operation produced NaN or infinity while {@link Engine#checkFinite} was on. */
public final class NonFiniteException extends ArithmeticException {
  private static final long serialVersionUID = 1L;

  NonFiniteException(String message) {
    super(message);
  }
}
