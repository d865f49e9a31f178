package org.basisar.gpu.sim;

import java.util.List;
import org.basisar.gpu.sim.PtxOperand.Address;
import org.basisar.gpu.sim.PtxOperand.Immediate;
import org.basisar.gpu.sim.PtxOperand.Negated;
import org.basisar.gpu.sim.PtxOperand.Pair;
import org.basisar.gpu.sim.PtxOperand.Register;
import org.basisar.gpu.sim.PtxOperand.Symbol;
import org.basisar.gpu.sim.PtxOperand.Vector;
import org.jspecify.annotations.Nullable;

/**
 * An instruction on its way to a {@link Step}: finds the slots of its operands.
 *
 * <p>A register of 8 or 16 bits lies zero-extended in a 32-bit slot, always.
 */
final class Binding {
  private final Program program;
  private final PtxInstruction instruction;
  private final List<String> modifiers;
  private final boolean narrow;

  /** The step in the making. */
  final Step step = new Step();

  Binding(Program program, PtxInstruction instruction) {
    this.program = program;
    this.instruction = instruction;
    String[] parts = instruction.opcode().split("\\.");
    this.modifiers = List.of(parts).subList(1, parts.length);
    String last = parts[parts.length - 1];
    this.narrow =
        last.endsWith("16") || last.equals("b8") || last.equals("u8") || last.equals("s8");
  }

  /** The same instruction with other operands. */
  Binding with(List<PtxOperand> operands) {
    return new Binding(
        program,
        new PtxInstruction(
            instruction.opcode(),
            instruction.guard(),
            instruction.guardNegated(),
            operands,
            instruction.line(),
            instruction.location()));
  }

  Program program() {
    return program;
  }

  String opcode() {
    return instruction.opcode();
  }

  String stem() {
    return instruction.stem();
  }

  @Nullable String guard() {
    return instruction.guard();
  }

  boolean guardNegated() {
    return instruction.guardNegated();
  }

  /** What follows the stem. */
  List<String> modifiers() {
    return modifiers;
  }

  boolean has(String modifier) {
    return modifiers.contains(modifier);
  }

  /** The last modifier, which is most often the type. */
  String type() {
    return modifiers.getLast();
  }

  int operands() {
    return instruction.size();
  }

  PtxOperand operand(int index) {
    if (index >= instruction.size()) {
      throw new PtxException("has " + instruction.size() + " operands only");
    }
    return instruction.operand(index);
  }

  PtxException unsupported() {
    return new PtxException("this form is not supported by the simulated device");
  }

  /** Slot of a register of at most 32 bits, or of a constant. */
  int word(int index) {
    return word(operand(index));
  }

  int word(PtxOperand operand) {
    return switch (operand) {
      case Register register when !isWide(register) && !isPredicate(register) ->
          program.slot(register.name());
      case Immediate immediate ->
          program.wordConstant(narrow ? (int) immediate.bits() & 0xffff : (int) immediate.bits());
      case Symbol symbol -> program.wordConstant((int) program.symbol(symbol.name()));
      default -> throw new PtxException("operand " + operand + " is not of 32 bits");
    };
  }

  /** Slot of a 64-bit register or constant. */
  int wide(int index) {
    return wide(operand(index));
  }

  int wide(PtxOperand operand) {
    return switch (operand) {
      case Register register when isWide(register) -> program.slot(register.name());
      case Immediate immediate -> program.wideConstant(immediate.bits());
      case Symbol symbol -> program.wideConstant(program.symbol(symbol.name()));
      default -> throw new PtxException("operand " + operand + " is not of 64 bits");
    };
  }

  /** Slot of a predicate. */
  int predicate(PtxOperand operand) {
    return switch (operand) {
      case Register register when isPredicate(register) -> program.slot(register.name());
      case Negated negated -> predicate(negated.predicate());
      default -> throw new PtxException("operand " + operand + " is not a predicate");
    };
  }

  static boolean isNegated(PtxOperand operand) {
    return operand instanceof Negated;
  }

  boolean isWide(PtxOperand operand) {
    return operand instanceof Register register
        && !isPredicate(register)
        && PtxTypes.bytes(program.type(register.name())) == 8;
  }

  boolean isPredicate(PtxOperand operand) {
    return operand instanceof Register register && program.type(register.name()).equals(".pred");
  }

  /** Bits of a register: 16 for the narrow ones. */
  int bits(PtxOperand operand) {
    return operand instanceof Register register && !register.name().equals("_")
        ? 8 * PtxTypes.bytes(program.type(register.name()))
        : 32;
  }

  /** The slots of the items of a vector, or of one register. */
  int[] words(int index) {
    return items(index).stream().mapToInt(this::word).toArray();
  }

  List<PtxOperand> items(int index) {
    return operand(index) instanceof Vector vector ? vector.items() : List.of(operand(index));
  }

  Address address(int index) {
    if (operand(index) instanceof Address address) {
      return address;
    }
    throw new PtxException("operand " + operand(index) + " is not an address");
  }

  long constant(int index) {
    if (operand(index) instanceof Immediate immediate) {
      return immediate.bits();
    }
    throw new PtxException("operand " + operand(index) + " is not a constant");
  }

  static PtxOperand first(PtxOperand operand) {
    return operand instanceof Pair pair ? pair.first() : operand;
  }
}
