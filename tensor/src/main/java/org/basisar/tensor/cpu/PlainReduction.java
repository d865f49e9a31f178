package org.basisar.tensor.cpu;

import org.basisar.tensor.Reduction;
import org.basisar.tensor.Reduction.Kind;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/** Reference kernels of {@link Reduction}; elements are added in row-major order. */
final class PlainReduction {
  private PlainReduction() {}

  static PlainKernels.Body body(Reduction op, Tensor[] inputs, Tensor[] outputs) {
    Shape shape = inputs[0].shape();
    return switch (op) {
      case Reduction.Reduce(Kind kind, int axis) -> {
        int outer = PlainIndex.outer(shape, axis);
        int inner = PlainIndex.inner(shape, axis);
        int extent = shape.dim(axis);
        yield (in, out) -> {
          for (int o = 0; o < outer; o++) {
            for (int i = 0; i < inner; i++) {
              out[0][o * inner + i] = reduce(kind, in[0], o * extent * inner + i, inner, extent);
            }
          }
        };
      }
      case Reduction.ReduceAll(Kind kind) ->
          (in, out) -> out[0][0] = reduce(kind, in[0], 0, 1, in[0].length);
      case Reduction.SumTo(Shape target) -> {
        int[] places = PlainIndex.broadcast(target, shape);
        yield (in, out) -> {
          for (int i = 0; i < places.length; i++) {
            out[0][places[i]] += in[0][i];
          }
        };
      }
      case Reduction.CrossEntropy() -> crossEntropy(shape.dim(0), shape.dim(1));
      case Reduction.CrossEntropyGradient() -> crossEntropyGradient(shape.dim(0), shape.dim(1));
    };
  }

  /** Combines {@code count} elements {@code step} apart. */
  static double reduce(Kind kind, double[] values, int from, int step, int count) {
    return switch (kind) {
      case SUM -> sum(values, from, step, count);
      case MEAN -> sum(values, from, step, count) / count;
      case MAX -> max(values, from, step, count);
      case NORM -> {
        double sum = 0;
        for (int i = 0, at = from; i < count; i++, at += step) {
          sum += values[at] * values[at];
        }
        yield Math.sqrt(sum);
      }
      case LOG_SUM_EXP -> logSumExp(values, from, step, count);
    };
  }

  private static double sum(double[] values, int from, int step, int count) {
    double sum = 0;
    for (int i = 0, at = from; i < count; i++, at += step) {
      sum += values[at];
    }
    return sum;
  }

  private static double max(double[] values, int from, int step, int count) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0, at = from; i < count; i++, at += step) {
      max = Math.max(max, values[at]);
    }
    return max;
  }

  static double logSumExp(double[] values, int from, int step, int count) {
    double max = max(values, from, step, count);
    if (Double.isInfinite(max)) {
      return max;
    }
    double sum = 0;
    for (int i = 0, at = from; i < count; i++, at += step) {
      sum += Math.exp(values[at] - max);
    }
    return max + Math.log(sum);
  }

  private static PlainKernels.Body crossEntropy(int rows, int classes) {
    return (in, out) -> {
      double total = 0;
      for (int row = 0; row < rows; row++) {
        int label = (int) in[1][row];
        total +=
            label < 0 || label >= classes
                ? Double.NaN
                : logSumExp(in[0], row * classes, 1, classes) - in[0][row * classes + label];
      }
      out[0][0] = total / rows;
    };
  }

  private static PlainKernels.Body crossEntropyGradient(int rows, int classes) {
    return (in, out) -> {
      double scale = in[2][0] / rows;
      for (int row = 0; row < rows; row++) {
        int label = (int) in[1][row];
        double logSum =
            label < 0 || label >= classes
                ? Double.NaN
                : logSumExp(in[0], row * classes, 1, classes);
        for (int k = 0; k < classes; k++) {
          double probability = Math.exp(in[0][row * classes + k] - logSum);
          out[0][row * classes + k] = scale * (probability - (k == label ? 1 : 0));
        }
      }
    };
  }
}
