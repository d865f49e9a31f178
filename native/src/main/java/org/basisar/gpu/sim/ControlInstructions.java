package org.basisar.gpu.sim;

import java.util.Map;
import org.basisar.gpu.sim.Lanes.Recipe;
import org.basisar.gpu.sim.PtxOperand.Symbol;
import org.basisar.gpu.sim.Step.Effect;

/** Branches, barriers and fences. */
final class ControlInstructions {
  private ControlInstructions() {}

  static void register(Map<String, Recipe> names, Map<String, Recipe> stems) {
    stems.put("bra", ControlInstructions::branch);
    stems.put("ret", ControlInstructions::end);
    stems.put("exit", ControlInstructions::end);
    stems.put("bar", ControlInstructions::barrier);
    stems.put("barrier", ControlInstructions::barrier);
    names.put("bar.warp.sync", ControlInstructions::warpBarrier);
    stems.put("membar", ControlInstructions::fence);
    stems.put("fence", ControlInstructions::fence);
    stems.put(
        "trap",
        _ ->
            (w, mask) -> {
              throw w.fault(Integer.numberOfTrailingZeros(mask), "the kernel executed a trap");
            });
    stems.put("nop", _ -> Step.NOTHING);
  }

  private static Effect branch(Binding binding) {
    if (!(binding.operand(0) instanceof Symbol label)) {
      throw binding.unsupported();
    }
    binding.step.kind = Step.Kind.BRANCH;
    binding.step.target = binding.program().label(label.name());
    return Step.NOTHING;
  }

  private static Effect end(Binding binding) {
    binding.step.kind = Step.Kind.RETURN;
    return Step.NOTHING;
  }

  /** {@code bar[rier].sync[.aligned] a} and {@code bar.red.op.type d, a, p}, of all threads. */
  private static Effect barrier(Binding binding) {
    Step step = binding.step;
    step.kind = Step.Kind.BARRIER;
    if (binding.has("sync") && binding.operands() == 1) {
      step.barrier = (int) binding.constant(0);
      return Step.NOTHING;
    }
    if (!binding.has("red") || binding.operands() != 3) {
      throw binding.unsupported();
    }
    step.barrier = (int) binding.constant(1);
    boolean counts = binding.has("popc");
    String operation = counts ? "popc" : binding.has("and") ? "and" : "or";
    PtxOperand vote = binding.operand(2);
    step.reduction =
        new Step.Reduction(
            binding.predicate(vote),
            Binding.isNegated(vote),
            operation,
            counts ? binding.word(0) : binding.predicate(binding.operand(0)));
    return Step.NOTHING;
  }

  private static Effect warpBarrier(Binding binding) {
    binding.step.kind = Step.Kind.TOGETHER;
    binding.step.members = binding.word(0);
    return (w, _) -> w.synchronised();
  }

  private static Effect fence(Binding binding) {
    boolean device = binding.has("gl") || binding.has("sys") || binding.has("gpu");
    return (w, _) -> {
      if (device) {
        w.block.fence();
      }
    };
  }
}
