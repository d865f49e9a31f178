package org.basisar.autograd;

import org.basisar.tensor.Op;
import org.basisar.tensor.Tensor;

/** One entry of a tape: what was executed on what, and how often each operand had been written. */
final class Node {
  /** What was executed. */
  sealed interface Source permits Executed, Block {
    /** Name for messages. */
    String title();
  }

  /** An operation. */
  record Executed(Op op) implements Source {
    @Override
    public String title() {
      return op.title();
    }
  }

  private final Source source;
  private final Tensor[] inputs;
  private final Tensor[] outputs;
  private final boolean[] needs;
  private final long[] inputVersions;
  private final long[] outputVersions;

  /**
   * @param needs which operands a gradient is to be passed to
   * @param inputVersions versions of the operands' storages when they were read
   */
  Node(Source source, Tensor[] inputs, Tensor[] outputs, boolean[] needs, long[] inputVersions) {
    this.source = source;
    this.inputs = inputs;
    this.outputs = outputs;
    this.needs = needs;
    this.inputVersions = inputVersions;
    this.outputVersions = versions(outputs);
  }

  static long[] versions(Tensor[] tensors) {
    long[] versions = new long[tensors.length];
    for (int i = 0; i < versions.length; i++) {
      versions[i] = tensors[i].storage().version();
    }
    return versions;
  }

  Source source() {
    return source;
  }

  Tensor[] inputs() {
    return inputs;
  }

  Tensor[] outputs() {
    return outputs;
  }

  boolean[] needs() {
    return needs;
  }

  /**
   * Gradients are computed from the operands and results as they were.
   *
   * @throws IllegalStateException if one was overwritten since
   */
  void checkUnchanged() {
    check("operand", inputs, inputVersions);
    check("result", outputs, outputVersions);
  }

  private void check(String role, Tensor[] tensors, long[] versions) {
    for (int i = 0; i < tensors.length; i++) {
      long now = tensors[i].storage().version();
      if (now != versions[i]) {
        throw new IllegalStateException(
            source.title()
                + ": "
                + role
                + " "
                + i
                + " of shape "
                + tensors[i].shape()
                + " was overwritten "
                + (now - versions[i])
                + " times between the forward pass and backward; overwrite a copy instead");
      }
    }
  }
}
