package org.basisar.tensor.cpu;

import org.basisar.tensor.Elementwise;
import org.basisar.tensor.Elementwise.BinaryKind;
import org.basisar.tensor.Elementwise.CompareKind;
import org.basisar.tensor.Elementwise.UnaryKind;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/** Reference kernels of {@link Elementwise}. */
final class PlainElementwise {
  private PlainElementwise() {}

  static PlainKernels.Body body(Elementwise op, Tensor[] inputs, Tensor[] outputs) {
    return switch (op) {
      case Elementwise.Unary(UnaryKind kind) ->
          (in, out) -> {
            for (int i = 0; i < out[0].length; i++) {
              out[0][i] = value(kind, in[0][i]);
            }
          };
      case Elementwise.UnaryGradient(UnaryKind kind) ->
          (in, out) -> {
            for (int i = 0; i < out[0].length; i++) {
              out[0][i] = slope(kind, in[0][i]) * in[1][i];
            }
          };
      case Elementwise.Binary(BinaryKind kind) -> binary(kind, inputs, outputs[0].shape());
      case Elementwise.Compare(CompareKind kind) ->
          (in, out) -> {
            for (int i = 0; i < out[0].length; i++) {
              out[0][i] = holds(kind, in[0][i], in[1][i]) ? 1 : 0;
            }
          };
      case Elementwise.Where() ->
          (in, out) -> {
            for (int i = 0; i < out[0].length; i++) {
              out[0][i] = in[0][i] != 0 ? in[1][i] : in[2][i];
            }
          };
      case Elementwise.Affine(double scale, double shift) ->
          (in, out) -> {
            for (int i = 0; i < out[0].length; i++) {
              out[0][i] = scale * in[0][i] + shift;
            }
          };
      case Elementwise.Power(double exponent) ->
          (in, out) -> {
            for (int i = 0; i < out[0].length; i++) {
              out[0][i] = Math.pow(in[0][i], exponent);
            }
          };
      case Elementwise.Clamp(double least, double most) ->
          (in, out) -> {
            for (int i = 0; i < out[0].length; i++) {
              out[0][i] = Math.min(Math.max(in[0][i], least), most);
            }
          };
      // Storing the result rounds it.
      case Elementwise.Cast _ -> (in, out) -> System.arraycopy(in[0], 0, out[0], 0, out[0].length);
      case Elementwise.GatedGelu() ->
          (in, out) -> {
            for (int i = 0; i < out[0].length; i++) {
              out[0][i] = value(UnaryKind.GELU, in[0][i]) * in[1][i];
            }
          };
      case Elementwise.GatedGeluGradient() ->
          (in, out) -> {
            for (int i = 0; i < out[0].length; i++) {
              out[0][i] = slope(UnaryKind.GELU, in[0][i]) * in[1][i] * in[2][i];
              out[1][i] = value(UnaryKind.GELU, in[0][i]) * in[2][i];
            }
          };
      case Elementwise.GateResidual() -> gateResidual(inputs[0].shape(), inputs[2].shape());
      case Elementwise.GateResidualGradient() ->
          gateResidualGradient(inputs[0].shape(), inputs[1].shape());
      case Elementwise.Interpolate() -> interpolate(inputs[0].shape(), inputs[2].shape());
    };
  }

  static double value(UnaryKind kind, double x) {
    return switch (kind) {
      case NEG -> -x;
      case EXP -> Math.exp(x);
      case LOG -> Math.log(x);
      case SQRT -> Math.sqrt(x);
      case RSQRT -> 1 / Math.sqrt(x);
      case SQUARE -> x * x;
      case ABS -> Math.abs(x);
      case SIGMOID -> sigmoid(x);
      case SILU -> x * sigmoid(x);
      case GELU -> x * NormalDistribution.cumulative(x);
      case TANH -> Math.tanh(x);
      case SIN -> Math.sin(x);
      case COS -> Math.cos(x);
      case TRUNC -> x < 0 ? Math.ceil(x) : Math.floor(x);
    };
  }

  static double slope(UnaryKind kind, double x) {
    return switch (kind) {
      case NEG -> -1;
      case EXP -> Math.exp(x);
      case LOG -> 1 / x;
      case SQRT -> 0.5 / Math.sqrt(x);
      case RSQRT -> -0.5 / (x * Math.sqrt(x));
      case SQUARE -> 2 * x;
      case ABS -> Math.signum(x);
      case SIGMOID -> sigmoid(x) * sigmoid(-x);
      case SILU -> sigmoid(x) * (1 + x * sigmoid(-x));
      case GELU -> NormalDistribution.cumulative(x) + x * NormalDistribution.density(x);
      case TANH -> {
        double y = Math.tanh(x);
        yield (1 - y) * (1 + y);
      }
      case SIN -> Math.cos(x);
      case COS -> -Math.sin(x);
      case TRUNC -> 0;
    };
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double apply(BinaryKind kind, double x, double y) {
    return switch (kind) {
      case ADD -> x + y;
      case SUB -> x - y;
      case MUL -> x * y;
      case DIV -> x / y;
      case MAX -> Math.max(x, y);
      case MIN -> Math.min(x, y);
    };
  }

  private static boolean holds(CompareKind kind, double x, double y) {
    return switch (kind) {
      case LESS -> x < y;
      case LESS_EQUAL -> x <= y;
      case EQUAL -> x == y;
      case GREATER -> x > y;
      case GREATER_EQUAL -> x >= y;
    };
  }

  private static PlainKernels.Body binary(BinaryKind kind, Tensor[] inputs, Shape shape) {
    if (inputs[0].shape().equals(inputs[1].shape())) {
      return (in, out) -> {
        for (int i = 0; i < out[0].length; i++) {
          out[0][i] = apply(kind, in[0][i], in[1][i]);
        }
      };
    }
    int[] left = PlainIndex.broadcast(inputs[0].shape(), shape);
    int[] right = PlainIndex.broadcast(inputs[1].shape(), shape);
    return (in, out) -> {
      for (int i = 0; i < out[0].length; i++) {
        out[0][i] = apply(kind, in[0][left[i]], in[1][right[i]]);
      }
    };
  }

  private static PlainKernels.Body gateResidual(Shape tokens, Shape gates) {
    int width = tokens.dim(2);
    return (in, out) -> {
      for (int row = 0; row < tokens.dim(0) * tokens.dim(1); row++) {
        int gate = PlainIndex.groupRow(row, tokens, gates) * width;
        for (int i = row * width, d = 0; d < width; i++, d++) {
          out[0][i] = in[0][i] + in[2][gate + d] * in[1][i];
        }
      }
    };
  }

  private static PlainKernels.Body gateResidualGradient(Shape tokens, Shape gates) {
    int width = tokens.dim(2);
    return (in, out) -> {
      for (int row = 0; row < tokens.dim(0) * tokens.dim(1); row++) {
        int gate = PlainIndex.groupRow(row, tokens, gates) * width;
        for (int i = row * width, d = 0; d < width; i++, d++) {
          out[0][i] = in[1][gate + d] * in[2][i];
          out[1][gate + d] += in[0][i] * in[2][i];
        }
      }
    };
  }

  /** (1 − t)·x + t·noise with x like {@code tokens}. */
  static PlainKernels.Body interpolate(Shape tokens, Shape times) {
    int width = tokens.dim(2);
    return (in, out) -> {
      for (int row = 0; row < tokens.dim(0) * tokens.dim(1); row++) {
        double time = in[2][PlainIndex.groupRow(row, tokens, times)];
        for (int i = row * width; i < (row + 1) * width; i++) {
          out[0][i] = (1 - time) * in[0][i] + time * in[1][i];
        }
      }
    };
  }
}
