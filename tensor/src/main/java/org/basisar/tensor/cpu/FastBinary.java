package org.basisar.tensor.cpu;

import org.basisar.tensor.Axes;
import org.basisar.tensor.Elementwise.BinaryKind;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/**
 * z = f(x, y) with broadcasting. Neighbouring axes along which both operands behave alike are
 * merged; along the last one each operand then either advances or stays, and the others are walked.
 * Equal shapes and scalars come out as a single axis, whose elements are the items; otherwise an
 * item is one pass along the last axis.
 */
final class FastBinary extends FastKernel {
  private final BinaryKind kind;
  private final float[] x;
  private final int xo;
  private final float[] y;
  private final int yo;
  private final float[] z;
  private final int zo;

  private final int[] extents;
  private final int[] xStrides;
  private final int[] yStrides;
  private final int outer;
  private final int inner;
  private final boolean xMoves;
  private final boolean yMoves;

  FastBinary(BinaryKind kind, Tensor left, Tensor right, Tensor output) {
    this.kind = kind;
    x = floats(left);
    xo = left.offset();
    y = floats(right);
    yo = right.offset();
    z = floats(output);
    zo = output.offset();
    Shape shape = output.shape();
    Axes axes =
        Axes.merged(
            shape, Axes.broadcast(left.shape(), shape), Axes.broadcast(right.shape(), shape));
    extents = axes.outerExtents();
    xStrides = axes.outerStrides(0);
    yStrides = axes.outerStrides(1);
    outer = axes.outer();
    inner = axes.inner();
    xMoves = axes.innerStride(0) != 0;
    yMoves = axes.innerStride(1) != 0;
  }

  @Override
  public int items() {
    return outer == 1 ? inner : outer;
  }

  @Override
  public int grain() {
    return outer == 1 ? CHEAP : grain(CHEAP, inner);
  }

  @Override
  public void run(int from, int to) {
    if (outer == 1) {
      for (int at = from; at < to; at += ElementKernel.CHUNK) {
        int n = Math.min(ElementKernel.CHUNK, to - at);
        row(xo + (xMoves ? at : 0), yo + (yMoves ? at : 0), zo + at, n);
      }
      return;
    }
    for (int item = from; item < to; item++) {
      int xAt = xo;
      int yAt = yo;
      int rest = item;
      for (int axis = extents.length - 1; axis >= 0; axis--) {
        int index = rest % extents[axis];
        rest /= extents[axis];
        xAt += index * xStrides[axis];
        yAt += index * yStrides[axis];
      }
      row(xAt, yAt, zo + item * inner, inner);
    }
  }

  private void row(int xAt, int yAt, int zAt, int n) {
    if (xMoves && yMoves) {
      both(xAt, yAt, zAt, n);
    } else if (xMoves) {
      rightConstant(xAt, y[yAt], zAt, n);
    } else if (yMoves) {
      leftConstant(x[xAt], yAt, zAt, n);
    } else {
      for (int i = 0; i < n; i++) {
        z[zAt + i] = apply(x[xAt], y[yAt]);
      }
    }
  }

  private float apply(float left, float right) {
    return switch (kind) {
      case ADD -> left + right;
      case SUB -> left - right;
      case MUL -> left * right;
      case DIV -> left / right;
      case MAX -> Math.max(left, right);
      case MIN -> Math.min(left, right);
    };
  }

  private void both(int xAt, int yAt, int zAt, int n) {
    switch (kind) {
      case ADD -> RowArithmetic.add(x, xAt, y, yAt, z, zAt, n);
      case SUB -> RowArithmetic.subtract(x, xAt, y, yAt, z, zAt, n);
      case MUL -> RowArithmetic.multiply(x, xAt, y, yAt, z, zAt, n);
      case DIV -> RowArithmetic.divide(x, xAt, y, yAt, z, zAt, n);
      case MAX -> RowArithmetic.maximum(x, xAt, y, yAt, z, zAt, n);
      case MIN -> RowArithmetic.minimum(x, xAt, y, yAt, z, zAt, n);
    }
  }

  private void rightConstant(int xAt, float right, int zAt, int n) {
    switch (kind) {
      case ADD -> RowArithmetic.affine(x, xAt, 1, right, z, zAt, n);
      case SUB -> RowArithmetic.affine(x, xAt, 1, -right, z, zAt, n);
      case MUL -> RowArithmetic.scale(x, xAt, right, z, zAt, n);
      case DIV -> RowArithmetic.divideBy(x, xAt, right, z, zAt, n);
      case MAX -> RowArithmetic.clamp(x, xAt, right, Float.POSITIVE_INFINITY, z, zAt, n);
      case MIN -> RowArithmetic.clamp(x, xAt, Float.NEGATIVE_INFINITY, right, z, zAt, n);
    }
  }

  private void leftConstant(float left, int yAt, int zAt, int n) {
    switch (kind) {
      case ADD -> RowArithmetic.affine(y, yAt, 1, left, z, zAt, n);
      case SUB -> RowArithmetic.affine(y, yAt, -1, left, z, zAt, n);
      case MUL -> RowArithmetic.scale(y, yAt, left, z, zAt, n);
      case DIV -> RowArithmetic.reciprocal(y, yAt, left, z, zAt, n);
      case MAX -> RowArithmetic.clamp(y, yAt, left, Float.POSITIVE_INFINITY, z, zAt, n);
      case MIN -> RowArithmetic.clamp(y, yAt, Float.NEGATIVE_INFINITY, left, z, zAt, n);
    }
  }
}
