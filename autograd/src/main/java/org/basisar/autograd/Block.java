package org.basisar.autograd;

import java.util.List;
import java.util.function.Function;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Op;
import org.basisar.tensor.Random;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A block that was run without keeping its intermediate results, and how to run it again.
 *
 * @param body the block
 * @param inputs its arguments
 * @param random what it draws from, or null
 * @param firstCall index of its first draw
 * @param operations what it ran, to be compared when it runs again
 */
record Block(
    Function<Tensor[], Tensor[]> body,
    List<Tensor> inputs,
    @Nullable Random random,
    int firstCall,
    List<Op> operations)
    implements Node.Source {

  /** A second run: the tape that recorded it, and its results. */
  record Recording(Tape tape, List<Tensor> outputs) {}

  @Override
  public String title() {
    return "recompute";
  }

  /** Runs the block as the first time, recording; nothing is closed. */
  Recording rerun(Node node) {
    Tape tape = new Tape();
    for (int i = 0; i < node.inputs().length; i++) {
      if (node.needs()[i]) {
        tape.watch(node.inputs()[i]);
      }
    }
    Probe probe = new Probe(tape);
    int call = random == null ? 0 : random.call();
    if (random != null) {
      random.call(firstCall);
    }
    try {
      Tensor[] outputs = Engine.recording(probe, () -> body.apply(inputs.toArray(new Tensor[0])));
      requireSame(probe.operations());
      return new Recording(tape, List.of(outputs));
    } finally {
      if (random != null) {
        random.call(call);
      }
    }
  }

  private void requireSame(List<Op> again) {
    int common = Math.min(operations.size(), again.size());
    for (int i = 0; i < common; i++) {
      if (!operations.get(i).equals(again.get(i))) {
        throw different(i, operations.get(i).toString(), again.get(i).toString());
      }
    }
    if (operations.size() != again.size()) {
      throw different(
          common,
          operations.size() > common ? operations.get(common).toString() : "absent",
          again.size() > common ? again.get(common).toString() : "absent");
    }
  }

  private static IllegalStateException different(int at, String first, String second) {
    return new IllegalStateException(
        "recompute: operation "
            + at
            + " of the block was "
            + first
            + " in the forward pass and is "
            + second
            + " when run again; hand the block's Random to Recompute, and let nothing else that"
            + " changes decide what it does");
  }
}
