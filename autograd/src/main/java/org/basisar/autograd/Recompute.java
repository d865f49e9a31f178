package org.basisar.autograd;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Trades time for memory (gradient checkpointing): the results inside a block are given back after
 * the forward pass and computed again when the backward pass comes to the block.
 *
 * <p>Gradients are bitwise equal to those of the stored variant: the second run is recorded and
 * walked over in the place of the block, so that every sum has the same terms in the same order.
 * This includes the tensors that the block closes over, such as parameters; they are found by
 * watching what the first run reads.
 *
 * <p>The block must do the same both times: it may depend only on its arguments, on tensors that
 * are not overwritten in between, and on the random generator named here. It may not write to
 * tensors made outside it. Both are checked. Blocks may nest.
 */
public final class Recompute {
  private Recompute() {}

  /** {@link #blockOf} for one tensor in and one out. */
  public static Tensor block(@Nullable Random random, UnaryOperator<Tensor> body, Tensor input) {
    return blockOf(random, inputs -> new Tensor[] {body.apply(inputs[0])}, input)[0];
  }

  /**
   * Runs a block, keeping its results only. Without an open tape this is all that happens.
   *
   * @param random the generator that the block draws from, null if it draws nothing; its call index
   *     is put back for the second run and restored after it
   * @param body from the inputs to any number of results
   * @return the results, owned by the innermost scope
   * @throws IllegalStateException if the block writes to a tensor made outside it
   */
  public static Tensor[] blockOf(
      @Nullable Random random, Function<Tensor[], Tensor[]> body, Tensor... inputs) {
    Tape tape = Tape.current();
    if (tape == null) {
      try (Scope scope = Scope.open()) {
        Tensor[] outputs = body.apply(inputs.clone());
        scope.keepAll(List.of(outputs));
        return outputs;
      }
    }
    Probe probe = new Probe(null);
    for (Tensor input : inputs) {
      probe.read(input);
    }
    int firstCall = random == null ? 0 : random.call();
    Tensor[] outputs;
    try (Scope scope = Scope.open()) {
      outputs = Engine.recording(probe, () -> body.apply(inputs.clone())).clone();
      probe.requireUnwritten();
      for (int i = 0; i < outputs.length; i++) {
        if (!probe.made(outputs[i])) {
          // Returned as it came: the result needs an identity of its own to carry a gradient.
          probe.read(outputs[i]);
          outputs[i] = outputs[i].detach();
        }
      }
      scope.keepAll(Arrays.asList(outputs));
    }
    Block block = new Block(body, List.of(inputs), random, firstCall, probe.operations());
    tape.add(block, probe.external(), outputs, probe.versions());
    return outputs;
  }
}
