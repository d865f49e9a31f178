package org.basisar.tensor;

import java.util.Arrays;

/**
 * The extents of a tensor, outermost first, row-major. A scalar has rank 0 and one element. Extents
 * may be 0. Immutable.
 */
public final class Shape {
  /** The shape of a scalar. */
  public static final Shape SCALAR = new Shape(new int[0]);

  private final int[] dims;
  private final int size;

  private Shape(int[] dims) {
    this.dims = dims;
    long count = 1;
    for (int dim : dims) {
      if (dim < 0) {
        throw new IllegalArgumentException(
            "shape " + Arrays.toString(dims) + " has a negative extent");
      }
      count = Math.multiplyExact(count, (long) dim);
    }
    if (count > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "shape " + Arrays.toString(dims) + " has more than 2^31-1 elements; split the tensor");
    }
    this.size = (int) count;
  }

  /** The shape with these extents. */
  public static Shape of(int... dims) {
    return dims.length == 0 ? SCALAR : new Shape(dims.clone());
  }

  /** Number of axes. */
  public int rank() {
    return dims.length;
  }

  /** Number of elements. */
  public int size() {
    return size;
  }

  /**
   * Extent of an axis; negative axes count from the end, -1 is the last.
   *
   * @throws IllegalArgumentException if the axis does not exist
   */
  public int dim(int axis) {
    return dims[axis(axis)];
  }

  /** Resolves a possibly negative axis to 0 … rank-1. */
  public int axis(int axis) {
    int resolved = axis < 0 ? axis + dims.length : axis;
    if (resolved < 0 || resolved >= dims.length) {
      throw new IllegalArgumentException("axis " + axis + " does not exist in shape " + this);
    }
    return resolved;
  }

  /** A copy of the extents. */
  public int[] dims() {
    return dims.clone();
  }

  /** This shape with the extent of one axis replaced. */
  public Shape with(int axis, int extent) {
    int[] copy = dims.clone();
    copy[axis(axis)] = extent;
    return new Shape(copy);
  }

  /** This shape without one axis. */
  public Shape without(int axis) {
    int at = axis(axis);
    int[] copy = new int[dims.length - 1];
    System.arraycopy(dims, 0, copy, 0, at);
    System.arraycopy(dims, at + 1, copy, at, copy.length - at);
    return new Shape(copy);
  }

  /** This shape with a new axis of the given extent inserted before {@code at}. */
  public Shape insert(int at, int extent) {
    int[] copy = new int[dims.length + 1];
    System.arraycopy(dims, 0, copy, 0, at);
    copy[at] = extent;
    System.arraycopy(dims, at, copy, at + 1, dims.length - at);
    return new Shape(copy);
  }

  /** Row-major strides in elements for a dense tensor of this shape. */
  public int[] denseStrides() {
    int[] strides = new int[dims.length];
    int step = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      strides[i] = step;
      step *= Math.max(1, dims[i]);
    }
    return strides;
  }

  /**
   * The shape both operands expand to under the usual rule: axes are matched from the last one; an
   * extent of 1 stretches.
   *
   * @param what names the operation in the error
   * @throws ShapeException if two extents differ and neither is 1
   */
  public static Shape broadcast(String what, Shape left, Shape right) {
    int rank = Math.max(left.rank(), right.rank());
    int[] out = new int[rank];
    for (int i = 1; i <= rank; i++) {
      int l = i <= left.rank() ? left.dims[left.rank() - i] : 1;
      int r = i <= right.rank() ? right.dims[right.rank() - i] : 1;
      if (l != r && l != 1 && r != 1) {
        throw new ShapeException(
            what + ": shapes " + left + " and " + right + " do not broadcast", left, right);
      }
      out[rank - i] = l == 1 ? r : l;
    }
    return new Shape(out);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  @Override
  public String toString() {
    return Arrays.toString(dims);
  }
}
