package org.basisar.tensor.cpu;

import org.basisar.tensor.Axes;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/**
 * A dense copy of a strided view, any dtype. Whole runs are copied where the last axis is
 * contiguous; where another axis is, an fp32 plane of the two is turned tile by tile, so that both
 * sides are read and written in whole cache lines; else elements are picked one by one.
 */
final class StridedCopy extends FastKernel {
  private static final int TILE = 16;
  private static final int NONE = -1;

  private final Object from;
  private final int fromOffset;
  private final Object to;
  private final int toOffset;

  /** Axes that are walked: all but the last, and in a turned plane also without its other axis. */
  private final int[] extents;

  private final int[] fromStrides;
  private final int[] toStrides;
  private final int items;
  private final int inner;
  private final int innerStride;

  /** Extent and distance in the copy of the plane's other axis; 0 if no plane is turned. */
  private final int turned;

  private final int turnedStep;
  private final int bands;

  StridedCopy(Tensor input, Tensor output) {
    from = input.storage().memory();
    fromOffset = input.offset();
    to = output.storage().memory();
    toOffset = output.offset();
    Shape shape = input.shape();
    int[] strides = new int[shape.rank()];
    for (int axis = 0; axis < strides.length; axis++) {
      strides[axis] = input.stride(axis);
    }
    Axes axes = Axes.merged(shape, strides);
    inner = axes.inner();
    innerStride = axes.innerStride(0);
    int plane = innerStride > 1 && from instanceof float[] ? contiguous(axes) : NONE;
    int rank = axes.rank() - (plane == NONE ? 1 : 2);
    extents = new int[rank];
    fromStrides = new int[rank];
    toStrides = new int[rank];
    int step = inner;
    int at = rank;
    int outer = 1;
    int planeStep = 0;
    for (int axis = axes.rank() - 2; axis >= 0; axis--) {
      if (axis == plane) {
        planeStep = step;
      } else {
        at--;
        extents[at] = axes.extent(axis);
        fromStrides[at] = axes.stride(0, axis);
        toStrides[at] = step;
        outer *= axes.extent(axis);
      }
      step *= axes.extent(axis);
    }
    turned = plane == NONE ? 0 : axes.extent(plane);
    turnedStep = planeStep;
    bands = plane == NONE ? 1 : (turned + TILE - 1) / TILE;
    items = outer * bands;
  }

  private static int contiguous(Axes axes) {
    for (int axis = axes.rank() - 2; axis >= 0; axis--) {
      if (axes.stride(0, axis) == 1) {
        return axis;
      }
    }
    return NONE;
  }

  @Override
  public int items() {
    return inner == 0 ? 0 : items;
  }

  @Override
  public int grain() {
    return grain(CHEAP, turned == 0 ? inner + 16 : inner * TILE);
  }

  @Override
  public void run(int first, int end) {
    for (int item = first; item < end; item++) {
      int rest = item / bands;
      int source = fromOffset;
      int target = toOffset;
      for (int axis = extents.length - 1; axis >= 0; axis--) {
        int index = rest % extents[axis];
        rest /= extents[axis];
        source += index * fromStrides[axis];
        target += index * toStrides[axis];
      }
      if (turned > 0) {
        int row = item % bands * TILE;
        turn(
            (float[]) from,
            source + row,
            (float[]) to,
            target + row * turnedStep,
            Math.min(TILE, turned - row));
      } else if (innerStride == 1 || inner == 1) {
        System.arraycopy(from, source, to, target, inner);
      } else {
        pick(source, target);
      }
    }
  }

  /** Rows of the copy are {@code turnedStep} apart, their elements {@code innerStride} apart. */
  private void turn(float[] x, int source, float[] y, int target, int rows) {
    for (int column = 0; column < inner; column += TILE) {
      int columns = Math.min(TILE, inner - column);
      for (int i = 0; i < rows; i++) {
        int in = source + i + column * innerStride;
        int out = target + i * turnedStep + column;
        for (int j = 0; j < columns; j++) {
          y[out + j] = x[in + j * innerStride];
        }
      }
    }
  }

  private void pick(int source, int target) {
    switch (from) {
      case float[] x -> {
        float[] y = (float[]) to;
        for (int i = 0; i < inner; i++) {
          y[target + i] = x[source + i * innerStride];
        }
      }
      case double[] x -> {
        double[] y = (double[]) to;
        for (int i = 0; i < inner; i++) {
          y[target + i] = x[source + i * innerStride];
        }
      }
      case short[] x -> {
        short[] y = (short[]) to;
        for (int i = 0; i < inner; i++) {
          y[target + i] = x[source + i * innerStride];
        }
      }
      case int[] x -> {
        int[] y = (int[]) to;
        for (int i = 0; i < inner; i++) {
          y[target + i] = x[source + i * innerStride];
        }
      }
      case byte[] x -> {
        byte[] y = (byte[]) to;
        for (int i = 0; i < inner; i++) {
          y[target + i] = x[source + i * innerStride];
        }
      }
      default -> throw new IllegalArgumentException("no device memory: " + from.getClass());
    }
  }
}
