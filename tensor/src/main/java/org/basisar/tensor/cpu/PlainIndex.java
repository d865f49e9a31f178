package org.basisar.tensor.cpu;

import org.basisar.tensor.Shape;

/** Index arithmetic of the reference kernels. */
final class PlainIndex {
  private PlainIndex() {}

  /**
   * For each element of {@code to}, row-major, the element of {@code from} it is broadcast from.
   */
  static int[] broadcast(Shape from, Shape to) {
    int[] dense = from.denseStrides();
    int[] strides = new int[to.rank()];
    int lead = to.rank() - from.rank();
    for (int axis = lead; axis < strides.length; axis++) {
      strides[axis] = from.dim(axis - lead) == 1 ? 0 : dense[axis - lead];
    }
    return strided(to, strides, 0);
  }

  /** The places of a strided view's elements, row-major. */
  static int[] strided(Shape shape, int[] strides, int offset) {
    int[] places = new int[shape.size()];
    int[] index = new int[shape.rank()];
    int at = offset;
    for (int i = 0; i < places.length; i++) {
      places[i] = at;
      for (int axis = index.length - 1; axis >= 0; axis--) {
        at += strides[axis];
        if (++index[axis] < shape.dim(axis)) {
          break;
        }
        at -= strides[axis] * shape.dim(axis);
        index[axis] = 0;
      }
    }
    return places;
  }

  /** Number of elements of one entry along an axis: the product of the extents after it. */
  static int inner(Shape shape, int axis) {
    int count = 1;
    for (int i = shape.axis(axis) + 1; i < shape.rank(); i++) {
      count *= shape.dim(i);
    }
    return count;
  }

  /** Product of the extents before an axis. */
  static int outer(Shape shape, int axis) {
    int count = 1;
    for (int i = 0; i < shape.axis(axis); i++) {
      count *= shape.dim(i);
    }
    return count;
  }

  /**
   * The modulation row that serves a token: row {@code image·G + n·G/N} for {@code row = image·N +
   * n}.
   */
  static int groupRow(int row, Shape tokens, Shape groups) {
    int count = tokens.dim(1);
    return row / count * groups.dim(1) + row % count / (count / groups.dim(1));
  }

  /** The I32 index at {@code position}, checked against the extent of the axis it selects from. */
  static int checked(String title, double[] index, int position, int extent) {
    return checked(title, (int) index[position], position, extent);
  }

  /** The index {@code value} at {@code position}, checked as above. */
  static int checked(String title, int value, int position, int extent) {
    if (value < 0 || value >= extent) {
      throw new IndexOutOfBoundsException(
          title
              + ": index "
              + value
              + " at position "
              + position
              + " is outside 0 to "
              + (extent - 1)
              + ", the entries there are");
    }
    return value;
  }
}
