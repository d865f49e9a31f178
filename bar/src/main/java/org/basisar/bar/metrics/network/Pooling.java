package org.basisar.bar.metrics.network;

import java.util.Arrays;
import java.util.function.Supplier;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;

/** What the networks do with neighbouring pixels of [B, C, H, W] besides filtering them. */
final class Pooling {
  private Pooling() {}

  /** max(0, x). */
  static Tensor rectified(Tensor x) {
    return Ops.clamp(x, 0, Double.POSITIVE_INFINITY);
  }

  /** The greatest of every {@code size} x {@code size} pixels, without padding. */
  static Tensor greatest(Tensor x, int size, int stride) {
    return greatest(greatest(x, 3, size, stride), 2, size, stride);
  }

  private static Tensor greatest(Tensor x, int axis, int size, int stride) {
    int count = (x.shape().dim(axis) - size) / stride + 1;
    Tensor result = null;
    for (int k = 0; k < size; k++) {
      Tensor taken = taken(x, axis, k, count, stride);
      result = result == null ? taken : Ops.max(result, taken);
    }
    return result == null ? x : result;
  }

  /** Entries first, first + stride, … along an axis. */
  private static Tensor taken(Tensor x, int axis, int first, int count, int stride) {
    if (stride == 1) {
      return Ops.contiguous(Ops.slice(x, axis, first, count));
    }
    int[] index = new int[count];
    Arrays.setAll(index, i -> first + i * stride);
    return Ops.gather(x, axis, Tensor.of(index, count));
  }

  /**
   * The greatest of the 3 x 3 pixels around every one, those outside left out. The pixels must not
   * be negative, as after {@link #rectified}: zeros then stand for the ones outside.
   */
  static Tensor greatestAround(Tensor x) {
    return greatest(padded(x), 3, 1);
  }

  /** The mean of the 3 x 3 pixels around every one, those outside left out of the count too. */
  static Tensor meanAround(Tensor x) {
    Tensor padded = padded(x);
    Tensor rows = sumOfThree(padded, 3);
    Tensor sums = sumOfThree(rows, 2);
    return Ops.mul(sums, shares(x.dtype(), x.shape().dim(2), x.shape().dim(3)));
  }

  private static Tensor sumOfThree(Tensor x, int axis) {
    int count = x.shape().dim(axis) - 2;
    Tensor sum = Ops.contiguous(Ops.slice(x, axis, 0, count));
    for (int k = 1; k < 3; k++) {
      sum = Ops.add(sum, Ops.contiguous(Ops.slice(x, axis, k, count)));
    }
    return sum;
  }

  /** One over the number of pixels around each one, [H, W]. */
  private static Tensor shares(DType dtype, int height, int width) {
    double[] shares = new double[height * width];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = 1.0 / (inside(i / width, height) * inside(i % width, width));
    }
    return Tensor.of(dtype, shares, height, width);
  }

  private static int inside(int at, int extent) {
    return 1 + (at > 0 ? 1 : 0) + (at < extent - 1 ? 1 : 0);
  }

  private static Tensor padded(Tensor x) {
    return Ops.pad(Ops.pad(x, 2, 1, 1), 3, 1, 1);
  }

  /** The mean of all pixels, [B, C]. */
  static Tensor mean(Tensor x) {
    return Ops.mean(Ops.reshape(x, x.shape().dim(0), x.shape().dim(1), -1), 2);
  }

  /** What {@code steps} makes, with everything it made on the way given back. */
  static Tensor frugal(Supplier<Tensor> steps) {
    try (Scope scope = Scope.open()) {
      return scope.keep(steps.get());
    }
  }
}
