package org.basisar.gpu.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.basisar.gpu.sim.PtxOperand.Address;
import org.basisar.gpu.sim.PtxOperand.Symbol;

/**
 * A kernel made executable: every operand is a slot in a warp's register file, constants and
 * special registers too, and every instruction a {@link Step}.
 */
final class Program {
  /** Lanes of a warp. */
  static final int LANES = 32;

  private static final int GAP_BYTES = 16;

  /** A static shared variable's place. */
  record Range(int offset, int bytes) {}

  final PtxModule module;
  final PtxFunction function;
  final Step[] steps;
  final List<Range> sharedVariables = new ArrayList<>();
  final Map<Integer, int[]> wordConstants = new HashMap<>();
  final Map<Integer, long[]> wideConstants = new HashMap<>();

  /** Slots of the special registers in use. */
  final Map<String, Integer> specials = new LinkedHashMap<>();

  int words;
  int wides;
  int predicates;
  final int staticSharedBytes;
  final int dynamicOffset;
  final int localBytes;

  private final Map<String, Integer> slots = new HashMap<>();
  private final Map<Integer, Integer> wordSlots = new HashMap<>();
  private final Map<Long, Integer> wideSlots = new HashMap<>();
  private final Map<String, Long> symbols;

  /**
   * Binds a kernel.
   *
   * @param globals addresses of the module's global and constant variables
   * @throws PtxException naming the first instruction that is not supported
   */
  Program(PtxModule module, PtxFunction kernel, Map<String, Long> globals) {
    this.module = module;
    this.function = Inlining.expand(module, kernel);
    this.symbols = new HashMap<>(globals);
    function.registers().forEach(this::place);

    int shared = 0;
    int local = 0;
    List<PtxVariable> variables = new ArrayList<>(function.variables());
    Set<String> used = usedSymbols();
    for (PtxVariable variable : module.variables()) {
      if (variable.space().equals(".shared")
          && !variable.dynamic()
          && used.contains(variable.name())) {
        variables.add(variable);
      }
    }
    for (PtxVariable variable : variables) {
      if (variable.space().equals(".shared")) {
        shared = align(shared == 0 ? 0 : shared + GAP_BYTES, variable.alignment());
        symbols.put(variable.name(), (long) shared);
        sharedVariables.add(new Range(shared, variable.bytes()));
        shared += variable.bytes();
      } else {
        local = align(local, variable.alignment());
        symbols.put(variable.name(), (long) local);
        local += variable.bytes();
      }
    }
    staticSharedBytes =
        variables.stream()
            .filter(variable -> variable.space().equals(".shared"))
            .mapToInt(PtxVariable::bytes)
            .sum();
    localBytes = local;
    dynamicOffset = align(shared, 128);
    for (PtxVariable variable : module.variables()) {
      if (variable.dynamic()) {
        symbols.put(variable.name(), (long) dynamicOffset);
      }
    }
    function.parameters().forEach(p -> symbols.put(p.name(), (long) p.offset()));

    steps = new Step[function.code().size()];
    for (int i = 0; i < steps.length; i++) {
      PtxInstruction instruction = function.code().get(i);
      try {
        steps[i] = InstructionSet.bind(new Binding(this, instruction));
      } catch (PtxException e) {
        throw new PtxException(
            "line " + instruction.line() + ", " + instruction.opcode() + ": " + e.getMessage());
      }
    }
  }

  private void place(String name, String type) {
    if (type.equals(".pred")) {
      slots.put(name, predicates++);
    } else if (PtxTypes.bytes(type) == 8) {
      slots.put(name, wides++);
    } else if (PtxTypes.bytes(type) <= 4) {
      slots.put(name, words++);
    } else {
      throw new PtxException("registers of type " + type + " are not supported");
    }
  }

  private Set<String> usedSymbols() {
    Set<String> used = new HashSet<>();
    for (PtxInstruction instruction : function.code()) {
      for (PtxOperand operand : instruction.operands()) {
        if (operand instanceof Symbol symbol) {
          used.add(symbol.name());
        } else if (operand instanceof Address address && address.base() instanceof Symbol symbol) {
          used.add(symbol.name());
        }
      }
    }
    return used;
  }

  private static int align(int offset, int alignment) {
    return Math.ceilDiv(offset, alignment) * alignment;
  }

  /** Type of a register, e.g. {@code .b32}; special registers are {@code .u32}. */
  String type(String register) {
    String type = function.registers().get(register);
    return type == null ? ".u32" : type;
  }

  boolean isParameter(String name) {
    return function.parameters().stream().anyMatch(p -> p.name().equals(name));
  }

  /** Address or offset of a variable or parameter. */
  long symbol(String name) {
    if (name.equals("WARP_SZ")) {
      return LANES;
    }
    Long value = symbols.get(name);
    if (value == null) {
      throw new PtxException("there is no variable " + name);
    }
    return value;
  }

  int label(String name) {
    Integer index = function.labels().get(name);
    if (index == null) {
      throw new PtxException("there is no label " + name);
    }
    return index;
  }

  /** Slot of a register that holds this number in all lanes. */
  int wordConstant(int value) {
    return wordSlots.computeIfAbsent(
        value,
        key -> {
          int[] lanes = new int[LANES];
          Arrays.fill(lanes, key);
          wordConstants.put(words, lanes);
          return words++;
        });
  }

  /** Slot of a 64-bit register that holds this number in all lanes. */
  int wideConstant(long value) {
    return wideSlots.computeIfAbsent(
        value,
        key -> {
          long[] lanes = new long[LANES];
          Arrays.fill(lanes, key);
          wideConstants.put(wides, lanes);
          return wides++;
        });
  }

  /** Slot of a register. */
  int slot(String name) {
    Integer slot = slots.get(name);
    if (slot != null) {
      return slot;
    }
    if (name.equals("_")) {
      slots.put(name, words);
      return words++;
    }
    if (!SpecialRegisters.NAMES.contains(name)) {
      throw new PtxException("there is no register " + name);
    }
    return specials.computeIfAbsent(name, _ -> words++);
  }

  /** A 32-bit register for use within one instruction. */
  PtxOperand.Register temporary(int index) {
    String name = "%temporary" + index;
    if (!slots.containsKey(name)) {
      slots.put(name, words++);
    }
    return new PtxOperand.Register(name);
  }

  /** Where an instruction came from, for messages. */
  String source(int index) {
    return module.source(function.code().get(index).location());
  }
}
