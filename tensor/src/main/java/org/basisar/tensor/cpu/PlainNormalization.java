package org.basisar.tensor.cpu;

import org.basisar.tensor.Normalization;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/** Reference kernels of {@link Normalization}; weight gradients are summed in order of the rows. */
final class PlainNormalization {
  private PlainNormalization() {}

  static PlainKernels.Body body(Normalization op, Tensor[] inputs, Tensor[] outputs) {
    Shape shape = inputs[0].shape();
    int width = shape.dim(-1);
    int rows = width == 0 ? 0 : shape.size() / width;
    boolean weighted = inputs.length == 3;
    return switch (op) {
      case Normalization.RmsNorm(double epsilon) -> rmsNorm(rows, width, epsilon);
      case Normalization.RmsNormGradient(double epsilon) ->
          rmsNormGradient(rows, width, epsilon, weighted);
      case Normalization.RmsNormModulate(double epsilon) ->
          modulate(rows, shape, inputs[1].shape(), epsilon);
      case Normalization.RmsNormModulateGradient(double epsilon) ->
          modulateGradient(rows, shape, inputs[1].shape(), epsilon);
      case Normalization.LayerNorm(double epsilon) -> layerNorm(rows, width, epsilon);
      case Normalization.LayerNormGradient(double epsilon) ->
          layerNormGradient(rows, width, epsilon, weighted);
      case Normalization.Softmax() -> softmax(rows, width);
      case Normalization.SoftmaxGradient() -> softmaxGradient(rows, width);
    };
  }

  private static double inverseRms(double[] x, int at, int width, double epsilon) {
    return 1 / Math.sqrt(PlainLoops.dot(x, at, x, at, width) / width + epsilon);
  }

  private static PlainKernels.Body rmsNorm(int rows, int width, double epsilon) {
    return (in, out) -> {
      for (int row = 0; row < rows; row++) {
        int at = row * width;
        double scale = inverseRms(in[0], at, width, epsilon);
        for (int d = 0; d < width; d++) {
          out[0][at + d] = in[0][at + d] * scale * (in.length == 2 ? in[1][d] : 1);
        }
      }
    };
  }

  private static PlainKernels.Body rmsNormGradient(
      int rows, int width, double epsilon, boolean weighted) {
    return (in, out) -> {
      double[] gradient = in[in.length - 1];
      double[] direction = new double[width];
      for (int row = 0; row < rows; row++) {
        int at = row * width;
        double scale = inverseRms(in[0], at, width, epsilon);
        for (int d = 0; d < width; d++) {
          direction[d] = gradient[at + d] * (weighted ? in[1][d] : 1);
          if (weighted) {
            out[1][d] += gradient[at + d] * in[0][at + d] * scale;
          }
        }
        throughRms(in[0], direction, scale, out[0], at, width);
      }
    };
  }

  /** ∂L/∂x of x·scale, scale = rsqrt(mean x² + ε), where {@code direction} is ∂L/∂(x·scale). */
  private static void throughRms(
      double[] x, double[] direction, double scale, double[] out, int at, int width) {
    double along = PlainLoops.dot(x, at, direction, 0, width) * scale * scale / width;
    for (int d = 0; d < width; d++) {
      out[at + d] = scale * (direction[d] - x[at + d] * along);
    }
  }

  private static PlainKernels.Body modulate(int rows, Shape tokens, Shape groups, double epsilon) {
    int width = tokens.dim(2);
    return (in, out) -> {
      for (int row = 0; row < rows; row++) {
        int at = row * width;
        int group = PlainIndex.groupRow(row, tokens, groups) * width;
        double scale = inverseRms(in[0], at, width, epsilon);
        for (int d = 0; d < width; d++) {
          out[0][at + d] = in[0][at + d] * scale * (1 + in[1][group + d]) + in[2][group + d];
        }
      }
    };
  }

  private static PlainKernels.Body modulateGradient(
      int rows, Shape tokens, Shape groups, double epsilon) {
    int width = tokens.dim(2);
    return (in, out) -> {
      double[] direction = new double[width];
      for (int row = 0; row < rows; row++) {
        int at = row * width;
        int group = PlainIndex.groupRow(row, tokens, groups) * width;
        double scale = inverseRms(in[0], at, width, epsilon);
        for (int d = 0; d < width; d++) {
          double gradient = in[2][at + d];
          direction[d] = gradient * (1 + in[1][group + d]);
          out[1][group + d] += gradient * in[0][at + d] * scale;
          out[2][group + d] += gradient;
        }
        throughRms(in[0], direction, scale, out[0], at, width);
      }
    };
  }

  private static double mean(double[] values, int at, int width) {
    double sum = 0;
    for (int d = 0; d < width; d++) {
      sum += values[at + d];
    }
    return sum / width;
  }

  /** Fills {@code normal} with (x − mean)·rsqrt(var + ε) and returns the second factor. */
  private static double normalize(double[] x, int at, int width, double epsilon, double[] normal) {
    double mean = mean(x, at, width);
    for (int d = 0; d < width; d++) {
      normal[d] = x[at + d] - mean;
    }
    double scale = inverseRms(normal, 0, width, epsilon);
    for (int d = 0; d < width; d++) {
      normal[d] *= scale;
    }
    return scale;
  }

  private static PlainKernels.Body layerNorm(int rows, int width, double epsilon) {
    return (in, out) -> {
      double[] normal = new double[width];
      for (int row = 0; row < rows; row++) {
        int at = row * width;
        normalize(in[0], at, width, epsilon, normal);
        for (int d = 0; d < width; d++) {
          out[0][at + d] = in.length == 3 ? normal[d] * in[1][d] + in[2][d] : normal[d];
        }
      }
    };
  }

  private static PlainKernels.Body layerNormGradient(
      int rows, int width, double epsilon, boolean weighted) {
    return (in, out) -> {
      double[] gradient = in[in.length - 1];
      double[] normal = new double[width];
      double[] direction = new double[width];
      for (int row = 0; row < rows; row++) {
        int at = row * width;
        double scale = normalize(in[0], at, width, epsilon, normal);
        for (int d = 0; d < width; d++) {
          direction[d] = gradient[at + d] * (weighted ? in[1][d] : 1);
          if (weighted) {
            out[1][d] += gradient[at + d] * normal[d];
            out[2][d] += gradient[at + d];
          }
        }
        double mean = mean(direction, 0, width);
        double along = PlainLoops.dot(normal, 0, direction, 0, width) / width;
        for (int d = 0; d < width; d++) {
          out[0][at + d] = scale * (direction[d] - mean - normal[d] * along);
        }
      }
    };
  }

  private static PlainKernels.Body softmax(int rows, int width) {
    return (in, out) -> {
      for (int row = 0; row < rows; row++) {
        softmaxRow(in[0], row * width, width, out[0], row * width);
      }
    };
  }

  /**
   * Softmax of one row; {@code x} and {@code out} may be the same array.
   *
   * @return the logarithm of the denominator
   */
  static double softmaxRow(double[] x, int from, int width, double[] out, int at) {
    double max = Double.NEGATIVE_INFINITY;
    for (int d = 0; d < width; d++) {
      max = Math.max(max, x[from + d]);
    }
    double sum = 0;
    for (int d = 0; d < width; d++) {
      double power = Math.exp(x[from + d] - max);
      out[at + d] = power;
      sum += power;
    }
    for (int d = 0; d < width; d++) {
      out[at + d] /= sum;
    }
    return max + Math.log(sum);
  }

  private static PlainKernels.Body softmaxGradient(int rows, int width) {
    return (in, out) -> {
      for (int row = 0; row < rows; row++) {
        int at = row * width;
        double along = PlainLoops.dot(in[0], at, in[1], at, width);
        for (int d = at; d < at + width; d++) {
          out[0][d] = in[0][d] * (in[1][d] - along);
        }
      }
    };
  }
}
