package org.basisar.tensor.cpu;

import java.util.Arrays;
import org.basisar.tensor.Elementwise.UnaryKind;
import org.basisar.tensor.Tensor;

/** dx = f′(x) · dy; the function is an object for the reason told in {@link FastUnary}. */
final class FastUnaryGradient extends ElementKernel {
  /** n elements of the slope at {@code in} times those of dy at {@code slope}, to {@code out}. */
  @FunctionalInterface
  private interface Function {
    void apply(float[] x, int in, float[] dy, int slope, float[] dx, int out, int n);
  }

  private final Function function;
  private final float[] x;
  private final int xo;
  private final float[] dy;
  private final int dyo;
  private final float[] dx;
  private final int dxo;

  FastUnaryGradient(UnaryKind kind, Tensor input, Tensor gradient, Tensor output) {
    super(output.size());
    function = function(kind);
    x = floats(input);
    xo = input.offset();
    dy = floats(gradient);
    dyo = gradient.offset();
    dx = floats(output);
    dxo = output.offset();
  }

  @Override
  public int grain() {
    return DEAR;
  }

  @Override
  void chunk(int at, int n) {
    function.apply(x, xo + at, dy, dyo + at, dx, dxo + at, n);
  }

  private static Function function(UnaryKind kind) {
    return switch (kind) {
      case NEG -> (x, in, dy, slope, dx, out, n) -> RowArithmetic.scale(dy, slope, -1, dx, out, n);
      case EXP ->
          (x, in, dy, slope, dx, out, n) -> {
            VectorMath.exp(x, in, dx, out, n);
            RowArithmetic.multiply(dx, out, dy, slope, dx, out, n);
          };
      case LOG ->
          (x, in, dy, slope, dx, out, n) -> RowArithmetic.divide(dy, slope, x, in, dx, out, n);
      case SQRT ->
          (x, in, dy, slope, dx, out, n) -> {
            VectorMath.rsqrt(x, in, dx, out, n);
            RowArithmetic.multiply(dx, out, dy, slope, dx, out, n);
            RowArithmetic.scale(dx, out, 0.5f, dx, out, n);
          };
      case RSQRT ->
          (x, in, dy, slope, dx, out, n) -> {
            VectorMath.rsqrt(x, in, dx, out, n);
            RowArithmetic.divide(dx, out, x, in, dx, out, n);
            RowArithmetic.multiply(dx, out, dy, slope, dx, out, n);
            RowArithmetic.scale(dx, out, -0.5f, dx, out, n);
          };
      case SQUARE ->
          (x, in, dy, slope, dx, out, n) -> {
            RowArithmetic.multiply(x, in, dy, slope, dx, out, n);
            RowArithmetic.scale(dx, out, 2, dx, out, n);
          };
      case ABS ->
          (x, in, dy, slope, dx, out, n) -> {
            for (int i = 0; i < n; i++) {
              dx[out + i] = Math.signum(x[in + i]) * dy[slope + i];
            }
          };
      case SIGMOID ->
          (x, in, dy, slope, dx, out, n) -> {
            VectorMath.sigmoid(x, in, dx, out, n);
            RowArithmetic.sigmoidSlope(dx, out, dy, slope, dx, out, n);
          };
      case SILU -> VectorMath::siluBackward;
      case GELU -> VectorMath::geluBackward;
      case TANH ->
          (x, in, dy, slope, dx, out, n) -> {
            VectorMath.tanh(x, in, dx, out, n);
            RowArithmetic.tanhSlope(dx, out, dy, slope, dx, out, n);
          };
      case SIN ->
          (x, in, dy, slope, dx, out, n) -> {
            VectorMath.cos(x, in, dx, out, n);
            RowArithmetic.multiply(dx, out, dy, slope, dx, out, n);
          };
      case COS ->
          (x, in, dy, slope, dx, out, n) -> {
            VectorMath.sin(x, in, dx, out, n);
            RowArithmetic.multiply(dx, out, dy, slope, dx, out, n);
            RowArithmetic.scale(dx, out, -1, dx, out, n);
          };
      case TRUNC -> (_, _, _, _, dx, out, n) -> Arrays.fill(dx, out, out + n, 0);
    };
  }
}
