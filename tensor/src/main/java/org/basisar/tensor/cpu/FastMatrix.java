package org.basisar.tensor.cpu;

import org.basisar.tensor.Launch;
import org.basisar.tensor.Matrix;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Matrix products by {@link Gemm}. */
final class FastMatrix {
  private FastMatrix() {}

  /** A product as a launch. */
  record Product(Gemm gemm) implements Launch {
    @Override
    public void run() {
      gemm.execute();
    }
  }

  static @Nullable Launch prepare(Matrix op, Tensor[] inputs, Tensor[] outputs) {
    return switch (op) {
      case Matrix.Linear linear -> linear(linear, inputs, outputs[0]);
      case Matrix.MatMul product -> matMul(product, inputs, outputs[0]);
    };
  }

  private static Launch linear(Matrix.Linear op, Tensor[] inputs, Tensor output) {
    Tensor x = inputs[0];
    Tensor weight = inputs[1];
    int width = weight.shape().dim(0);
    int inner = weight.shape().dim(1);
    int rows = width == 0 ? 0 : output.size() / width;
    Gemm gemm =
        new Gemm(false, true, rows, width, inner)
            .a(FastKernel.floats(x), x.offset(), inner)
            .b(FastKernel.floats(weight), weight.offset(), inner)
            .c(FastKernel.floats(output), output.offset(), width)
            .gelu(op.epilogue() == Matrix.Epilogue.GELU);
    if (op.bias()) {
      gemm.bias(FastKernel.floats(inputs[2]), inputs[2].offset());
    }
    if (op.residual()) {
      Tensor residual = inputs[inputs.length - 1];
      gemm.residual(FastKernel.floats(residual), residual.offset(), width);
    }
    return new Product(gemm);
  }

  /** Null when both operands are repeated along different axes. */
  private static @Nullable Launch matMul(Matrix.MatMul op, Tensor[] inputs, Tensor output) {
    Tensor left = inputs[0];
    Tensor right = inputs[1];
    Shape out = output.shape();
    int m = out.dim(-2);
    int n = out.dim(-1);
    int k = op.inner(left);
    Shape batch = out.without(-1).without(-1);
    int count = batch.size();
    Shape leftBatch = left.shape().without(-1).without(-1);
    Shape rightBatch = right.shape().without(-1).without(-1);
    boolean leftShared = leftBatch.size() == 1;
    boolean rightShared = rightBatch.size() == 1;
    if ((!leftShared && leftBatch.size() != count)
        || (!rightShared && rightBatch.size() != count)) {
      return null;
    }
    boolean flat = rightShared && !leftShared && !op.transposeLeft();
    Gemm gemm =
        new Gemm(op.transposeLeft(), op.transposeRight(), flat ? m * count : m, n, k)
            .a(FastKernel.floats(left), left.offset(), op.transposeLeft() ? m : k)
            .b(FastKernel.floats(right), right.offset(), op.transposeRight() ? k : n)
            .c(FastKernel.floats(output), output.offset(), n);
    if (!flat) {
      gemm.batch(count, leftShared ? 0 : m * k, rightShared ? 0 : k * n, m * n);
    }
    return new Product(gemm);
  }
}
