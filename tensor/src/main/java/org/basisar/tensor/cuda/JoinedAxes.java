package org.basisar.tensor.cuda;

import java.util.Arrays;
import org.basisar.tensor.Axes;
import org.basisar.tensor.Op;
import org.basisar.tensor.Shape;

/**
 * The {@link Axes} of one or two strided operands, filled up in front to the number that a kernel
 * takes.
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
    Axes merged = Axes.merged(shape, strides);
    int lead = axes - merged.rank();
    if (lead < 0) {
      throw new IllegalArgumentException(
          "%s: more than %d axes of %s are apart in memory; put some of them together first"
              .formatted(op.title(), axes, shape));
    }
    int[] extents = new int[axes];
    int[][] joined = new int[strides.length][axes];
    Arrays.fill(extents, 1);
    for (int axis = 0; axis < merged.rank(); axis++) {
      extents[lead + axis] = merged.extent(axis);
      for (int operand = 0; operand < strides.length; operand++) {
        joined[operand][lead + axis] = merged.stride(operand, axis);
      }
    }
    return new JoinedAxes(extents, joined);
  }

  int[] extents() {
    return extents;
  }

  int[] strides(int operand) {
    return strides[operand];
  }
}
