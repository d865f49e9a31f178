package org.basisar.tensor.cuda;

import java.util.Arrays;
import org.basisar.gpu.ElementType;
import org.basisar.gpu.Gemm;
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
  private final int[] extents;
  private final long[] leftStrides;
  private final long[] rightStrides;
  private int axes;

  private MatMulPlan(int rank) {
    extents = new int[rank + 1];
    leftStrides = new long[rank + 1];
    rightStrides = new long[rank + 1];
  }

  static Gemm[] gemms(Matrix.MatMul op, Tensor left, Tensor right, Tensor out) {
    int m = out.shape().dim(-2);
    int n = out.shape().dim(-1);
    int k = op.inner(left);
    Shape batch = leading(out);
    MatMulPlan plan = new MatMulPlan(batch.rank());
    long[] leftStrides = strides(leading(left), batch, (long) m * k);
    long[] rightStrides = strides(leading(right), batch, (long) k * n);
    for (int axis = 0; axis < batch.rank(); axis++) {
      plan.append(batch.dim(axis), leftStrides[axis], rightStrides[axis]);
    }
    if (plan.axes == 0) {
      plan.append(1, 0, 0);
    }
    return plan.products(op, left, right, out, k);
  }

  private static Shape leading(Tensor tensor) {
    return tensor.shape().without(-1).without(-1);
  }

  /** Elements from a matrix to the next along each axis of the batch. */
  private static long[] strides(Shape from, Shape to, long matrix) {
    int[] dense = from.denseStrides();
    long[] strides = new long[to.rank()];
    int lead = to.rank() - from.rank();
    for (int axis = lead; axis < strides.length; axis++) {
      strides[axis] = from.dim(axis - lead) == 1 ? 0 : dense[axis - lead] * matrix;
    }
    return strides;
  }

  /** Adds an inner axis, as part of the last one if both operands step through them as one. */
  private void append(int extent, long left, long right) {
    if (extent == 1 && axes > 0) {
      return;
    }
    int last = axes - 1;
    if (axes > 0
        && (extents[last] == 1
            || (leftStrides[last] == extent * left && rightStrides[last] == extent * right))) {
      extents[last] *= extent;
    } else {
      last = axes++;
      extents[last] = extent;
    }
    leftStrides[last] = left;
    rightStrides[last] = right;
  }

  private Gemm[] products(Matrix.MatMul op, Tensor left, Tensor right, Tensor out, int k) {
    int m = out.shape().dim(-2);
    int n = out.shape().dim(-1);
    int last = axes - 1;
    int batch = extents[last];
    boolean flat =
        !op.transposeLeft() && rightStrides[last] == 0 && leftStrides[last] == (long) m * k;
    int rows = flat ? m * batch : m;
    ElementType type = CudaContext.type(out.dtype());
    int loops = Arrays.stream(extents, 0, last).reduce(1, (a, b) -> a * b);
    Gemm[] gemms = new Gemm[loops];
    for (int i = 0; i < loops; i++) {
      long a = CudaContext.address(left) + offset(i, leftStrides) * type.bytes();
      long b = CudaContext.address(right) + offset(i, rightStrides) * type.bytes();
      long c = CudaContext.address(out) + (long) i * batch * m * n * type.bytes();
      gemms[i] =
          new Gemm(
              op.transposeLeft(),
              op.transposeRight(),
              rows,
              n,
              k,
              1,
              new Gemm.Operand(a, type, op.transposeLeft() ? m : k, flat ? 0 : leftStrides[last]),
              new Gemm.Operand(b, type, op.transposeRight() ? k : n, rightStrides[last]),
              0,
              new Gemm.Operand(c, type, n, flat ? 0 : (long) m * n),
              flat ? 1 : batch,
              Gemm.Precision.FULL);
    }
    return gemms;
  }

  /** Where the i-th of the loop's products starts. */
  private long offset(int i, long[] strides) {
    long offset = 0;
    int rest = i;
    for (int axis = axes - 2; axis >= 0; axis--) {
      offset += rest % extents[axis] * strides[axis];
      rest /= extents[axis];
    }
    return offset;
  }
}
