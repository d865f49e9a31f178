package org.basisar.gpu.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.basisar.gpu.sim.PtxOperand.Address;
import org.basisar.gpu.sim.PtxOperand.Negated;
import org.basisar.gpu.sim.PtxOperand.Pair;
import org.basisar.gpu.sim.PtxOperand.Register;
import org.basisar.gpu.sim.PtxOperand.Symbol;
import org.basisar.gpu.sim.PtxOperand.Vector;
import org.jspecify.annotations.Nullable;

/**
 * Replaces the calls of a kernel by the bodies of the functions called, each call with registers
 * and variables of its own, so that diverged calls need no stack of return addresses.
 */
final class Inlining {
  private static final int MOST_DEPTH = 16;

  private final PtxModule module;
  private final PtxFunction into;
  private int calls;

  private Inlining(PtxModule module, PtxFunction into) {
    this.module = module;
    this.into = into;
  }

  /** The kernel without calls; itself if it has none. */
  static PtxFunction expand(PtxModule module, PtxFunction kernel) {
    if (kernel.code().stream().noneMatch(i -> i.stem().equals("call"))) {
      return kernel;
    }
    PtxFunction result = new PtxFunction(kernel.name());
    result.limitThreads(kernel.mostThreads());
    result.parameters().addAll(kernel.parameters());
    new Inlining(module, result).body(kernel, "", new HashMap<>(), null, 0);
    return result;
  }

  private void body(
      PtxFunction function,
      String suffix,
      Map<String, String> names,
      @Nullable String end,
      int depth) {
    if (depth > MOST_DEPTH) {
      throw new PtxException(function.name() + " calls itself, which is not supported");
    }
    function
        .registers()
        .forEach((name, type) -> {
          into.registers().put(name + suffix, type);
          names.put(name, name + suffix);
        });
    for (PtxVariable variable : function.variables()) {
      names.putIfAbsent(variable.name(), variable.name() + suffix);
      into.variables()
          .add(
              new PtxVariable(
                  variable.name() + suffix,
                  variable.space(),
                  variable.alignment(),
                  variable.bytes(),
                  variable.dynamic(),
                  variable.initial()));
    }
    Map<Integer, List<String>> labels = new HashMap<>();
    function
        .labels()
        .forEach((name, index) -> {
          names.put(name, name + suffix);
          labels.computeIfAbsent(index, _ -> new ArrayList<>()).add(name + suffix);
        });
    for (int i = 0; i <= function.code().size(); i++) {
      for (String label : labels.getOrDefault(i, List.of())) {
        into.labels().put(label, into.code().size());
      }
      if (i < function.code().size()) {
        PtxInstruction instruction = rename(function.code().get(i), names);
        if (instruction.stem().equals("call")) {
          call(instruction, depth);
        } else if (end != null && instruction.stem().equals("ret")) {
          into.code().add(with(instruction, "bra", List.of(new Symbol(end))));
        } else {
          into.code().add(instruction);
        }
      }
    }
  }

  /** {@code call[.uni] [(results),] function[, (arguments)]}. */
  private void call(PtxInstruction call, int depth) {
    List<PtxOperand> operands = new ArrayList<>(call.operands());
    List<PtxOperand> results = List.of();
    if (operands.getFirst() instanceof Vector vector) {
      results = vector.items();
      operands.removeFirst();
    }
    if (!(operands.getFirst() instanceof Symbol target)) {
      throw new PtxException("line " + call.line() + ": indirect calls are not supported");
    }
    PtxFunction callee = module.functions().get(target.name());
    if (callee == null || callee.code().isEmpty()) {
      throw new PtxException("line " + call.line() + ": no function " + target.name());
    }
    List<PtxOperand> arguments =
        operands.size() > 1 && operands.get(1) instanceof Vector vector
            ? vector.items()
            : List.of();
    String suffix = "@" + calls++;
    Map<String, String> names = new HashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      names.put(callee.parameters().get(i).name(), ((Symbol) arguments.get(i)).name());
    }
    for (int i = 0; i < results.size(); i++) {
      names.put(callee.results().get(i), ((Symbol) results.get(i)).name());
    }
    String end = callee.name() + suffix + "_end";
    if (call.guard() != null) {
      into.code()
          .add(
              new PtxInstruction(
                  "bra",
                  call.guard(),
                  !call.guardNegated(),
                  List.of(new Symbol(end)),
                  call.line(),
                  call.location()));
    }
    body(callee, suffix, names, end, depth + 1);
    into.labels().put(end, into.code().size());
  }

  private static PtxInstruction with(
      PtxInstruction instruction, String opcode, List<PtxOperand> operands) {
    return new PtxInstruction(
        opcode,
        instruction.guard(),
        instruction.guardNegated(),
        operands,
        instruction.line(),
        instruction.location());
  }

  private static PtxInstruction rename(PtxInstruction instruction, Map<String, String> names) {
    String guard = instruction.guard();
    return new PtxInstruction(
        instruction.opcode(),
        guard == null ? null : names.getOrDefault(guard, guard),
        instruction.guardNegated(),
        instruction.operands().stream().map(operand -> rename(operand, names)).toList(),
        instruction.line(),
        instruction.location());
  }

  private static PtxOperand rename(PtxOperand operand, Map<String, String> names) {
    return switch (operand) {
      case Register register -> new Register(names.getOrDefault(register.name(), register.name()));
      case Symbol symbol -> new Symbol(names.getOrDefault(symbol.name(), symbol.name()));
      case Address address -> new Address(rename(address.base(), names), address.offset());
      case Vector vector ->
          new Vector(vector.items().stream().map(item -> rename(item, names)).toList());
      case Pair pair -> new Pair(rename(pair.first(), names), rename(pair.second(), names));
      case Negated negated -> new Negated(rename(negated.predicate(), names));
      case PtxOperand.Immediate immediate -> immediate;
    };
  }
}
