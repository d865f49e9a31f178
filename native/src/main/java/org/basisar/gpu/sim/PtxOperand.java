package org.basisar.gpu.sim;

import java.util.List;

/** An operand as it stands in the PTX text. */
sealed interface PtxOperand {
  /** {@code %r1}; {@code _} is one too. */
  record Register(String name) implements PtxOperand {}

  /** A number; {@code bits} are the raw bits where it was written as a float. */
  record Immediate(long bits) implements PtxOperand {}

  /** {@code {a, b}}. */
  record Vector(List<PtxOperand> items) implements PtxOperand {}

  /** {@code [base+offset]}. */
  record Address(PtxOperand base, long offset) implements PtxOperand {}

  /** The name of a variable, parameter, label or function. */
  record Symbol(String name) implements PtxOperand {}

  /** {@code first|second}: two destinations. */
  record Pair(PtxOperand first, PtxOperand second) implements PtxOperand {}

  /** {@code !%p}. */
  record Negated(PtxOperand predicate) implements PtxOperand {}
}
