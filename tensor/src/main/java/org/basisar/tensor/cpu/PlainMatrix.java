package org.basisar.tensor.cpu;

import org.basisar.tensor.Elementwise.UnaryKind;
import org.basisar.tensor.Matrix;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/**
 * Reference kernels of {@link Matrix}; each result element is summed in order of the inner index.
 */
final class PlainMatrix {
  private PlainMatrix() {}

  static PlainKernels.Body body(Matrix op, Tensor[] inputs, Tensor[] outputs) {
    return switch (op) {
      case Matrix.MatMul product -> matMul(product, inputs, outputs[0].shape());
      case Matrix.Linear linear ->
          linear(linear, inputs[1].shape().dim(0), inputs[1].shape().dim(1));
    };
  }

  private static PlainKernels.Body matMul(Matrix.MatMul op, Tensor[] inputs, Shape out) {
    Shape left = inputs[0].shape();
    Shape right = inputs[1].shape();
    int m = out.dim(-2);
    int n = out.dim(-1);
    int k = op.inner(inputs[0]);
    Shape batch = out.without(-1).without(-1);
    int[] leftBlock = PlainIndex.broadcast(left.without(-1).without(-1), batch);
    int[] rightBlock = PlainIndex.broadcast(right.without(-1).without(-1), batch);
    return (in, results) -> {
      for (int b = 0; b < leftBlock.length; b++) {
        int from = leftBlock[b] * m * k;
        boolean turn = op.transposeRight();
        int rightFrom = rightBlock[b] * k * n;
        double[] rows = turn ? PlainLoops.transpose(in[1], rightFrom, n, k) : in[1];
        int rowsFrom = turn ? 0 : rightFrom;
        int at = b * m * n;
        PlainLoops.run(
            m,
            (long) k * n,
            (first, end) -> {
              for (int i = first; i < end; i++) {
                PlainLoops.rowTimesMatrix(
                    in[0],
                    op.transposeLeft() ? from + i : from + i * k,
                    op.transposeLeft() ? m : 1,
                    k,
                    rows,
                    rowsFrom,
                    n,
                    results[0],
                    at + i * n);
              }
            });
      }
    };
  }

  private static PlainKernels.Body linear(Matrix.Linear op, int width, int inner) {
    return (in, out) -> {
      double[] weight = PlainLoops.transpose(in[1], 0, width, inner);
      PlainLoops.run(
          width == 0 ? 0 : out[0].length / width,
          (long) inner * width,
          (first, end) -> {
            for (int row = first; row < end; row++) {
              int at = row * width;
              PlainLoops.rowTimesMatrix(in[0], row * inner, 1, inner, weight, 0, width, out[0], at);
              finishRow(op, in, out[0], at, width);
            }
          });
    };
  }

  private static void finishRow(Matrix.Linear op, double[][] in, double[] out, int at, int width) {
    if (op.bias()) {
      PlainLoops.axpy(1, in[2], 0, out, at, width);
    }
    switch (op.epilogue()) {
      case NONE -> {}
      case GELU -> {
        for (int i = at; i < at + width; i++) {
          out[i] = PlainElementwise.value(UnaryKind.GELU, out[i]);
        }
      }
    }
    if (op.residual()) {
      PlainLoops.axpy(1, in[in.length - 1], at, out, at, width);
    }
  }
}
