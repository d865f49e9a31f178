package org.basisar.autograd;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Op;
import org.basisar.tensor.Recorder;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Watches one run of a recomputed block: which operations ran, and which tensors from outside they
 * read. In the second run it passes everything on to a tape.
 */
final class Probe implements Recorder {
  private final @Nullable Probe around;
  private final @Nullable Tape tape;
  private final List<Op> operations = new ArrayList<>();
  private final Set<Tensor> made = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<Tensor> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<Tensor> external = new ArrayList<>();
  private final List<Long> versions = new ArrayList<>();

  /** A probe inside the one that is installed now, if any, so that blocks nest. */
  Probe(@Nullable Tape tape) {
    this.around = Engine.recorder() instanceof Probe probe ? probe : null;
    this.tape = tape;
  }

  @Nullable Tape tape() {
    return tape;
  }

  List<Op> operations() {
    return operations;
  }

  /** The tensors from outside, in order of their first use. */
  Tensor[] external() {
    return external.toArray(new Tensor[0]);
  }

  /** The versions of their storages when they were first used. */
  long[] versions() {
    return versions.stream().mapToLong(Long::longValue).toArray();
  }

  boolean made(Tensor tensor) {
    return made.contains(tensor);
  }

  @Override
  public void recorded(Op op, Tensor[] inputs, Tensor[] outputs) {
    for (Probe probe = this; probe != null; probe = probe.around) {
      probe.observe(op, inputs, outputs);
    }
    if (tape != null) {
      tape.recorded(op, inputs, outputs);
    }
  }

  private void observe(Op op, Tensor[] inputs, Tensor[] outputs) {
    operations.add(op);
    int[] mutated = op.mutates(inputs);
    for (int index : mutated) {
      if (!made.contains(inputs[index])) {
        throw overwrites(inputs[index]);
      }
    }
    for (Tensor input : inputs) {
      read(input);
    }
    Collections.addAll(made, outputs);
  }

  /** The check of {@link #observe} again, for writes that went through a view. */
  void requireUnwritten() {
    for (int i = 0; i < external.size(); i++) {
      if (external.get(i).storage().version() != versions.get(i)) {
        throw overwrites(external.get(i));
      }
    }
  }

  private static IllegalStateException overwrites(Tensor tensor) {
    return new IllegalStateException(
        "recompute: the block overwrites a tensor of shape "
            + tensor.shape()
            + " made outside it, which would happen again when it is run for the gradients;"
            + " overwrite it outside the block");
  }

  /** Notes a tensor that the block reads or returns. */
  void read(Tensor tensor) {
    if (!made.contains(tensor) && seen.add(tensor)) {
      external.add(tensor);
      versions.add(tensor.storage().version());
    }
  }
}
