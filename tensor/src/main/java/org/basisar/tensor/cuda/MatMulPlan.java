package org.basisar.tensor.cuda;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.Gemm;
import org.basisar.tensor.Axes;
import org.basisar.tensor.Matrix;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/**
 * A product with broadcast leading axes as products of the dense library. Leading axes through
 * which both operands step evenly are one batch, an operand that is repeated having stride 0; a
 * right operand that all of a batch share makes it one product with more rows. Only what is left
 * over, operands repeated along different axes, is a loop.
 */
final class MatMulPlan {
  private final Matrix.MatMul op;
  private final ElementType type;
  private final int m;
  private final int n;
  private final int k;
  private final long left;
  private final long right;
  private final long out;

  private MatMulPlan(Matrix.MatMul op, Tensor left, Tensor right, Tensor out) {
    this.op = op;
    this.type = CudaContext.type(out.dtype());
    this.m = out.shape().dim(-2);
    this.n = out.shape().dim(-1);
    this.k = op.inner(left);
    this.left = CudaContext.address(left);
    this.right = CudaContext.address(right);
    this.out = CudaContext.address(out);
  }

  static Gemm[] gemms(Matrix.MatMul op, Tensor left, Tensor right, Tensor out) {
    MatMulPlan plan = new MatMulPlan(op, left, right, out);
    Shape batch = leading(out);
    // Strides are counted in matrices.
    JoinedAxes axes =
        JoinedAxes.of(
            op,
            Math.max(1, batch.rank()),
            batch,
            Axes.broadcast(leading(left), batch),
            Axes.broadcast(leading(right), batch));
    int last = axes.extents().length - 1;
    int count = axes.extents()[last];
    Gemm[] gemms = new Gemm[batch.size() / count];
    for (int i = 0; i < gemms.length; i++) {
      int leftMatrix = 0;
      int rightMatrix = 0;
      int rest = i;
      for (int axis = last - 1; axis >= 0; axis--) {
        int index = rest % axes.extents()[axis];
        rest /= axes.extents()[axis];
        leftMatrix += index * axes.strides(0)[axis];
        rightMatrix += index * axes.strides(1)[axis];
      }
      gemms[i] =
          plan.batch(
              count,
              leftMatrix,
              axes.strides(0)[last],
              rightMatrix,
              axes.strides(1)[last],
              i * count);
    }
    return gemms;
  }

  private static Shape leading(Tensor tensor) {
    return tensor.shape().without(-1).without(-1);
  }

  /** {@code count} products from these matrices on, steps being counted in matrices. */
  private Gemm batch(
      int count, int leftMatrix, int leftStep, int rightMatrix, int rightStep, int outMatrix) {
    boolean flat = !op.transposeLeft() && rightStep == 0 && leftStep == 1;
    return new Gemm(
        op.transposeLeft(),
        op.transposeRight(),
        flat ? m * count : m,
        n,
        k,
        1,
        operand(left, m, k, op.transposeLeft(), leftMatrix, flat ? 0 : leftStep),
        operand(right, k, n, op.transposeRight(), rightMatrix, rightStep),
        0,
        operand(out, m, n, false, outMatrix, flat ? 0 : 1),
        flat ? 1 : count,
        Gemm.Precision.FULL);
  }

  private Gemm.Operand operand(
      long address, int rows, int columns, boolean transposed, int matrix, int step) {
    long size = (long) rows * columns;
    return new Gemm.Operand(
        address + matrix * size * type.bytes(), type, transposed ? rows : columns, step * size);
  }
}
