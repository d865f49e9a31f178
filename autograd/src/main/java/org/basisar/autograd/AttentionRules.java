package org.basisar.autograd;

import org.basisar.tensor.AttentionOp;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Gradients of {@link AttentionOp} operations. */
final class AttentionRules {
  private AttentionRules() {}

  static @Nullable Tensor[] gradients(AttentionOp op, Execution e) {
    return switch (op) {
      case AttentionOp.RotarySplit split -> rotarySplit(split, e);
      case AttentionOp.Attention attention -> attention(attention, e);
      case AttentionOp.RotarySplitGradient gradient ->
          throw new NotDifferentiableException(gradient);
      case AttentionOp.AttentionGradient gradient -> throw new NotDifferentiableException(gradient);
    };
  }

  private static @Nullable Tensor[] rotarySplit(AttentionOp.RotarySplit op, Execution e) {
    if (e.needsAny(1, 3)) {
      throw new NotDifferentiableException(
          op, "the cosine and sine tables have no gradient; do not watch them");
    }
    Tensor qkv =
        Engine.run(
            new AttentionOp.RotarySplitGradient(op.heads()),
            e.gradientOrZero(0),
            e.gradientOrZero(1),
            e.gradientOrZero(2),
            e.input(1),
            e.input(2))[0];
    return new @Nullable Tensor[] {qkv, null, null};
  }

  private static @Nullable Tensor[] attention(AttentionOp.Attention op, Execution e) {
    if (e.hasGradient(1)) {
      throw new NotDifferentiableException(
          op, "the logarithms of the denominators have no gradient; detach() them");
    }
    AttentionOp.AttentionGradient gradient =
        new AttentionOp.AttentionGradient(op.heads(), op.cellTokens(), op.dropout(), op.call());
    Tensor[] operands = new Tensor[op.dropout() > 0 ? 7 : 6];
    for (int i = 0; i < 3; i++) {
      operands[i] = e.input(i);
    }
    operands[3] = e.output(0);
    operands[4] = e.output(1);
    operands[5] = e.gradient();
    if (op.dropout() > 0) {
      operands[6] = e.input(3);
    }
    Tensor[] found = Engine.run(gradient, operands);
    @Nullable Tensor[] gradients = new @Nullable Tensor[e.inputs()];
    System.arraycopy(found, 0, gradients, 0, 3);
    return gradients;
  }
}
