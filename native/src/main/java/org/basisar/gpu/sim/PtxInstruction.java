package org.basisar.gpu.sim;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An instruction.
 *
 * @param opcode with all modifiers, e.g. {@code ld.global.v4.f32}
 * @param guard predicate register that must hold, or null
 * @param guardNegated whether it must not hold
 * @param operands as written
 * @param line in the PTX text
 * @param location the {@code .loc} directive in force, or null
 */
record PtxInstruction(
    String opcode,
    @Nullable String guard,
    boolean guardNegated,
    List<PtxOperand> operands,
    int line,
    @Nullable String location) {

  PtxInstruction {
    operands = List.copyOf(operands);
  }

  /** The instruction's name, e.g. {@code ld}. */
  String stem() {
    int dot = opcode.indexOf('.');
    return dot < 0 ? opcode : opcode.substring(0, dot);
  }

  PtxOperand operand(int index) {
    return operands.get(index);
  }

  int size() {
    return operands.size();
  }
}
