package org.basisar.tensor.cuda;

import java.util.Arrays;
import org.basisar.tensor.Op;
import org.basisar.tensor.Shape;

/**
 * Axes of one or two strided operands, joined where neighbours lie behind each other in all of
 * them, and filled up in front to the number a kernel takes.
 */
final class JoinedAxes {
  private final int[] extents;
  private final int[][] strides;

  private JoinedAxes(int[] extents, int[][] strides) {
    this.extents = extents;
    this.strides = strides;
  }

  /**
   * Joins.
   *
   * @param axes what the kernel takes
   * @param strides of each operand, in elements, as many as the shape has axes
   * @throws IllegalArgumentException if more axes are left than the kernel takes
   */
  static JoinedAxes of(Op op, int axes, Shape shape, int[]... strides) {
    int[] extents = new int[axes];
    int[][] joined = new int[strides.length][axes];
    Arrays.fill(extents, 1);
    int at = axes;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      int extent = shape.dim(axis);
      if (extent == 1) {
        continue;
      }
      if (at < axes && continues(extents[at], joined, at, strides, axis)) {
        extents[at] *= extent;
        continue;
      }
      if (at == 0) {
        throw new IllegalArgumentException(
            "%s: more than %d axes of %s are apart in memory; put some of them together first"
                .formatted(op.title(), axes, shape));
      }
      at--;
      extents[at] = extent;
      for (int operand = 0; operand < strides.length; operand++) {
        joined[operand][at] = strides[operand][axis];
      }
    }
    return new JoinedAxes(extents, joined);
  }

  private static boolean continues(int extent, int[][] joined, int at, int[][] strides, int axis) {
    for (int operand = 0; operand < strides.length; operand++) {
      if (strides[operand][axis] != joined[operand][at] * extent) {
        return false;
      }
    }
    return true;
  }

  /** Strides of a dense operand of shape {@code from} seen as the shape it is broadcast to. */
  static int[] repeated(Shape from, Shape to) {
    int[] dense = from.denseStrides();
    int[] strides = new int[to.rank()];
    int lead = to.rank() - from.rank();
    for (int axis = lead; axis < strides.length; axis++) {
      strides[axis] = from.dim(axis - lead) == 1 ? 0 : dense[axis - lead];
    }
    return strides;
  }

  int[] extents() {
    return extents;
  }

  int[] strides(int operand) {
    return strides[operand];
  }
}
