package org.basisar.tensor;

import java.util.Arrays;

/**
 * The axes along which one or more operands are walked together, with as few of them as possible:
 * axes of extent 1 are dropped, and neighbours are merged where every operand steps through them as
 * through one axis. For back ends.
 */
public final class Axes {
  private final int[] extents;
  private final int[][] strides;

  private Axes(int[] extents, int[][] strides) {
    this.extents = extents;
    this.strides = strides;
  }

  /** Strides of a dense operand of shape {@code from} that is broadcast to {@code to}. */
  public static int[] broadcast(Shape from, Shape to) {
    int[] dense = from.denseStrides();
    int[] strides = new int[to.rank()];
    int lead = to.rank() - from.rank();
    for (int axis = lead; axis < strides.length; axis++) {
      strides[axis] = from.dim(axis - lead) == 1 ? 0 : dense[axis - lead];
    }
    return strides;
  }

  /** The merged axes of a shape; {@code strides} has one array for each operand. */
  public static Axes merged(Shape shape, int[]... strides) {
    int[] extents = new int[Math.max(1, shape.rank())];
    int[][] merged = new int[strides.length][extents.length];
    int count = 0;
    for (int axis = 0; axis < shape.rank(); axis++) {
      int extent = shape.dim(axis);
      if (extent == 1) {
        continue;
      }
      if (count > 0 && joins(merged, count - 1, strides, axis, extent)) {
        extents[count - 1] *= extent;
        count--;
      } else {
        extents[count] = extent;
      }
      for (int operand = 0; operand < strides.length; operand++) {
        merged[operand][count] = strides[operand][axis];
      }
      count++;
    }
    if (count == 0) {
      extents[0] = 1;
      count = 1;
    }
    for (int operand = 0; operand < strides.length; operand++) {
      merged[operand] = Arrays.copyOf(merged[operand], count);
    }
    return new Axes(Arrays.copyOf(extents, count), merged);
  }

  private static boolean joins(int[][] merged, int at, int[][] strides, int axis, int extent) {
    for (int operand = 0; operand < strides.length; operand++) {
      if (merged[operand][at] != strides[operand][axis] * extent) {
        return false;
      }
    }
    return true;
  }

  /** Number of axes, at least 1. */
  public int rank() {
    return extents.length;
  }

  /** Extent of an axis. */
  public int extent(int axis) {
    return extents[axis];
  }

  /** Elements from one entry of an axis to the next, in an operand. */
  public int stride(int operand, int axis) {
    return strides[operand][axis];
  }

  /** Extent of the last axis. */
  public int inner() {
    return extents[extents.length - 1];
  }

  /** Stride of the last axis. */
  public int innerStride(int operand) {
    return strides[operand][extents.length - 1];
  }

  /** Product of all extents but the last. */
  public int outer() {
    int count = 1;
    for (int axis = 0; axis < extents.length - 1; axis++) {
      count *= extents[axis];
    }
    return count;
  }

  /** Extents of all axes but the last. */
  public int[] outerExtents() {
    return Arrays.copyOf(extents, extents.length - 1);
  }

  /** Strides of all axes but the last. */
  public int[] outerStrides(int operand) {
    return Arrays.copyOf(strides[operand], extents.length - 1);
  }
}
