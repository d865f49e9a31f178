package org.basisar.autograd;

import org.basisar.tensor.CustomOp;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Op;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** What a gradient rule may look at: one execution, and the gradients of its results. */
final class Execution {
  private final Tensor[] inputs;
  private final Tensor[] outputs;
  private final @Nullable Tensor[] gradients;
  private final boolean[] needs;

  Execution(Tensor[] inputs, Tensor[] outputs, @Nullable Tensor[] gradients, boolean[] needs) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.gradients = gradients;
    this.needs = needs;
  }

  int inputs() {
    return inputs.length;
  }

  int outputs() {
    return outputs.length;
  }

  Tensor input(int index) {
    return inputs[index];
  }

  Shape shape(int index) {
    return inputs[index].shape();
  }

  Tensor output(int index) {
    return outputs[index];
  }

  /** The gradient of the only (or first) result, which the walk has made sure is there. */
  Tensor gradient() {
    Tensor gradient = gradients[0];
    if (gradient == null) {
      throw new IllegalStateException("the rule was asked without a gradient of its result");
    }
    return gradient;
  }

  boolean hasGradient(int output) {
    return gradients[output] != null;
  }

  /** The gradient of a result, zeros if the loss does not depend on it. */
  Tensor gradientOrZero(int output) {
    Tensor gradient = gradients[output];
    return gradient == null ? Ops.fillLike(outputs[output], 0) : gradient;
  }

  /** Whether anybody wants the gradient of this operand. */
  boolean needs(int input) {
    return needs[input];
  }

  boolean needsAny(int from, int to) {
    for (int i = from; i < to; i++) {
      if (needs[i]) {
        return true;
      }
    }
    return false;
  }

  /** The answer of a custom operation, which is asked for everything. */
  @Nullable Tensor[] askCustom(CustomOp op) {
    return op.backward(inputs.clone(), outputs.clone(), gradients.clone());
  }

  /** Runs a fused gradient operation on the first operands, with the gradient as the last one. */
  Tensor[] fused(Op op, int operands) {
    Tensor[] all = new Tensor[operands + 1];
    System.arraycopy(inputs, 0, all, 0, operands);
    all[operands] = gradient();
    return Engine.run(op, all);
  }
}
