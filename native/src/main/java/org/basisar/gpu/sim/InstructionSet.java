package org.basisar.gpu.sim;

import java.util.HashMap;
import java.util.Map;
import org.basisar.gpu.sim.Lanes.Recipe;

/** All instructions: some by their full name, others, with many forms, by their stem. */
final class InstructionSet {
  private static final Map<String, Recipe> BY_NAME = new HashMap<>();
  private static final Map<String, Recipe> BY_STEM = new HashMap<>();

  static {
    WordInstructions.register(BY_NAME);
    WideInstructions.register(BY_NAME);
    CarryInstructions.register(BY_NAME);
    FloatInstructions.register(BY_NAME);
    DoubleInstructions.register(BY_NAME);
    HalfInstructions.register(BY_NAME);
    ConversionInstructions.register(BY_NAME, BY_STEM);
    ComparisonInstructions.register(BY_STEM);
    DataInstructions.register(BY_NAME, BY_STEM);
    ControlInstructions.register(BY_NAME, BY_STEM);
    MemoryInstructions.register(BY_STEM);
    AtomicInstructions.register(BY_STEM);
    WarpInstructions.register(BY_NAME, BY_STEM);
    MatrixInstructions.register(BY_NAME, BY_STEM);
  }

  private InstructionSet() {}

  /**
   * Makes the step of an instruction.
   *
   * @throws PtxException if there is no such form
   */
  static Step bind(Binding binding) {
    Step step = binding.step;
    String guard = binding.guard();
    if (guard != null) {
      step.guard = binding.program().slot(guard);
      step.guardNegated = binding.guardNegated();
    }
    Recipe recipe = BY_NAME.get(binding.opcode());
    if (recipe == null) {
      recipe = FloatInstructions.modified(binding, BY_NAME);
    }
    if (recipe == null) {
      recipe = BY_STEM.get(binding.stem());
    }
    if (recipe == null) {
      throw binding.unsupported();
    }
    step.effect = recipe.bind(binding);
    return step;
  }
}
