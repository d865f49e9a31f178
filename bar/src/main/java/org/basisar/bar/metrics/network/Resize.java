package org.basisar.bar.metrics.network;

import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Tensor;

/**
 * Images [B, C, H, W] brought to another size by two matrices, first along the rows, then along the
 * columns. Row i of a matrix [out, in] holds the weights of the pixels that make up pixel i.
 */
final class Resize {
  private static final double PILLOW = -0.5;
  private static final double PYTORCH = -0.75;

  private Resize() {}

  /**
   * Bilinear as in the first TensorFlow, which the Inception figures are defined by: pixel i lies
   * at i·in/out, with no half pixels and no smoothing.
   */
  static Tensor bilinear(Tensor images, int height, int width) {
    return apply(
        images,
        bilinear(images.shape().dim(2), height),
        bilinear(images.shape().dim(3), width),
        height,
        width,
        false);
  }

  /**
   * Bicubic as Pillow does it on bytes: a = −½, widened when reducing, rounded to whole values
   * after either direction.
   */
  static Tensor bicubic(Tensor images, int height, int width) {
    return apply(
        images,
        pillow(images.shape().dim(2), height),
        pillow(images.shape().dim(3), width),
        height,
        width,
        true);
  }

  private static Tensor apply(
      Tensor images, double[] rows, double[] columns, int height, int width, boolean bytes) {
    int batch = images.shape().dim(0);
    int channels = images.shape().dim(1);
    int oldHeight = images.shape().dim(2);
    int oldWidth = images.shape().dim(3);
    DType dtype = images.dtype();
    Tensor wide = images;
    if (oldWidth != width) {
      Tensor lines = Ops.reshape(images, batch * channels * oldHeight, oldWidth);
      Tensor weights = Tensor.of(dtype, columns, width, oldWidth);
      wide = whole(Ops.matmul(lines, false, weights, true), bytes);
    }
    if (oldHeight != height) {
      Tensor planes = Ops.reshape(wide, batch * channels, oldHeight, width);
      Tensor weights = Tensor.of(dtype, rows, height, oldHeight);
      wide = whole(Ops.matmul(weights, planes), bytes);
    }
    return Ops.reshape(wide, batch, channels, height, width);
  }

  private static Tensor whole(Tensor x, boolean bytes) {
    return bytes ? Ops.clamp(Ops.trunc(Ops.affine(x, 1, 0.5)), 0, 255) : x;
  }

  private static double[] bilinear(int in, int out) {
    double[] weights = new double[out * in];
    for (int i = 0; i < out; i++) {
      // In binary32 as there: it decides which side of a pixel a position falls on.
      float source = i * ((float) in / out);
      int lower = (int) source;
      int upper = Math.min(lower + 1, in - 1);
      float share = source - lower;
      weights[i * in + lower] += 1 - share;
      weights[i * in + upper] += share;
    }
    return weights;
  }

  private static double[] pillow(int in, int out) {
    double[] weights = new double[out * in];
    double scale = (double) in / out;
    double widening = Math.max(1, scale);
    double reach = 2 * widening;
    for (int i = 0; i < out; i++) {
      double centre = (i + 0.5) * scale;
      int from = Math.max(0, (int) (centre - reach + 0.5));
      int to = Math.min(in, (int) (centre + reach + 0.5));
      double sum = 0;
      for (int j = from; j < to; j++) {
        double weight = cubic((j - centre + 0.5) / widening, PILLOW);
        weights[i * in + j] = weight;
        sum += weight;
      }
      for (int j = from; j < to; j++) {
        weights[i * in + j] /= sum;
      }
    }
    return weights;
  }

  /**
   * Weights [out, in] of PyTorch's bicubic interpolation by a factor: a = −¾, no smoothing, pixels
   * outside replaced by the nearest inside.
   */
  static double[] byFactor(int in, int out, double factor) {
    double[] weights = new double[out * in];
    for (int i = 0; i < out; i++) {
      double source = (i + 0.5) / factor - 0.5;
      int floor = (int) Math.floor(source);
      for (int k = -1; k <= 2; k++) {
        int j = Math.min(in - 1, Math.max(0, floor + k));
        weights[i * in + j] += cubic(source - (floor + k), PYTORCH);
      }
    }
    return weights;
  }

  /** Keys' cubic convolution kernel (1981). */
  private static double cubic(double x, double a) {
    double t = Math.abs(x);
    if (t < 1) {
      return ((a + 2) * t - (a + 3)) * t * t + 1;
    }
    return t < 2 ? (((t - 5) * t + 8) * t - 4) * a : 0;
  }
}
