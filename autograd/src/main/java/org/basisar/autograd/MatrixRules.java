package org.basisar.autograd;

import org.basisar.tensor.Elementwise;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Matrix;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Gradients of {@link Matrix} products. */
final class MatrixRules {
  private MatrixRules() {}

  static @Nullable Tensor[] gradients(Matrix op, Execution e) {
    return switch (op) {
      case Matrix.MatMul product -> matmul(product, e);
      case Matrix.Linear linear -> linear(linear, e);
    };
  }

  private static @Nullable Tensor[] matmul(Matrix.MatMul op, Execution e) {
    return new @Nullable Tensor[] {
      e.needs(0) ? left(op, e) : null, e.needs(1) ? right(op, e) : null
    };
  }

  private static Tensor left(Matrix.MatMul op, Execution e) {
    Tensor left = e.input(0);
    Tensor right = e.input(1);
    Tensor g = e.gradient(); // [..., m, n]
    if (left.shape().rank() == 2 && right.shape().rank() == 3 && !op.transposeRight()) {
      // One matrix for a batch: its gradient is summed over the batch while it is computed.
      return op.transposeLeft() ? Ops.outerSum(right, g) : Ops.outerSum(g, right);
    }
    return op.transposeLeft()
        ? Ops.matmul(right, op.transposeRight(), g, true)
        : Ops.matmul(g, false, right, !op.transposeRight());
  }

  private static Tensor right(Matrix.MatMul op, Execution e) {
    Tensor left = e.input(0);
    Tensor right = e.input(1);
    Tensor g = e.gradient(); // [..., m, n]
    if (right.shape().rank() == 2 && left.shape().rank() > 2 && !op.transposeLeft()) {
      // One matrix for all rows: one long product instead of a sum over the batch.
      left = rows(left);
      g = rows(g);
    }
    return op.transposeRight()
        ? Ops.matmul(g, true, left, op.transposeLeft())
        : Ops.matmul(left, !op.transposeLeft(), g, false);
  }

  /** All leading axes joined into one: [rows, last]. */
  private static Tensor rows(Tensor x) {
    int rows = 1;
    for (int axis = 0; axis < x.shape().rank() - 1; axis++) {
      rows *= x.shape().dim(axis);
    }
    return Ops.reshape(x, rows, x.shape().dim(-1));
  }

  private static @Nullable Tensor[] linear(Matrix.Linear op, Execution e) {
    Tensor x = e.input(0);
    Tensor weight = e.input(1);
    Tensor bias = op.bias() ? e.input(2) : null;
    int residual = e.inputs() - 1;
    @Nullable Tensor[] gradients = new @Nullable Tensor[e.inputs()];
    if (op.residual() && e.needs(residual)) {
      gradients[residual] = e.gradient();
    }
    if (!e.needsAny(0, op.bias() ? 3 : 2)) {
      return gradients;
    }
    Tensor g = e.gradient();
    switch (op.epilogue()) {
      case NONE -> {}
      case GELU -> {
        // The value before the function is not stored; computing it again is one product.
        Tensor before = Ops.linear(x, weight, bias);
        g = Engine.run(new Elementwise.UnaryGradient(Elementwise.UnaryKind.GELU), before, g)[0];
      }
    }
    Tensor gradientRows = rows(g); // [R, M]
    if (e.needs(0)) {
      gradients[0] = Ops.reshape(Ops.matmul(gradientRows, weight), x.shape().dims());
    }
    if (e.needs(1)) {
      gradients[1] = Ops.matmul(gradientRows, true, rows(x), false);
    }
    if (op.bias() && e.needs(2)) {
      gradients[2] = Ops.sumTo(gradientRows, Shape.of(weight.shape().dim(0)));
    }
    return gradients;
  }
}
