package org.basisar.tensor.cpu;

import java.util.Arrays;
import org.basisar.tensor.Elementwise.UnaryKind;
import org.basisar.tensor.Tensor;

/** dx = f′(x) · dy. */
final class FastUnaryGradient extends ElementKernel {
  private final UnaryKind kind;
  private final float[] x;
  private final int xo;
  private final float[] dy;
  private final int dyo;
  private final float[] dx;
  private final int dxo;

  FastUnaryGradient(UnaryKind kind, Tensor input, Tensor gradient, Tensor output) {
    super(output.size());
    this.kind = kind;
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
    part(xo + at, dyo + at, dxo + at, n);
  }

  private void part(int in, int slope, int out, int n) {
    switch (kind) {
      case NEG -> RowArithmetic.scale(dy, slope, -1, dx, out, n);
      case EXP -> {
        VectorMath.exp(x, in, dx, out, n);
        RowArithmetic.multiply(dx, out, dy, slope, dx, out, n);
      }
      case LOG -> RowArithmetic.divide(dy, slope, x, in, dx, out, n);
      case SQRT -> {
        VectorMath.rsqrt(x, in, dx, out, n);
        RowArithmetic.multiply(dx, out, dy, slope, dx, out, n);
        RowArithmetic.scale(dx, out, 0.5f, dx, out, n);
      }
      case RSQRT -> {
        VectorMath.rsqrt(x, in, dx, out, n);
        RowArithmetic.divide(dx, out, x, in, dx, out, n);
        RowArithmetic.multiply(dx, out, dy, slope, dx, out, n);
        RowArithmetic.scale(dx, out, -0.5f, dx, out, n);
      }
      case SQUARE -> {
        RowArithmetic.multiply(x, in, dy, slope, dx, out, n);
        RowArithmetic.scale(dx, out, 2, dx, out, n);
      }
      case ABS -> {
        for (int i = 0; i < n; i++) {
          dx[out + i] = Math.signum(x[in + i]) * dy[slope + i];
        }
      }
      case SIGMOID -> {
        VectorMath.sigmoid(x, in, dx, out, n);
        RowArithmetic.sigmoidSlope(dx, out, dy, slope, dx, out, n);
      }
      case SILU -> VectorMath.siluBackward(x, in, dy, slope, dx, out, n);
      case GELU -> VectorMath.geluBackward(x, in, dy, slope, dx, out, n);
      case TANH -> {
        VectorMath.tanh(x, in, dx, out, n);
        RowArithmetic.tanhSlope(dx, out, dy, slope, dx, out, n);
      }
      case SIN -> {
        VectorMath.cos(x, in, dx, out, n);
        RowArithmetic.multiply(dx, out, dy, slope, dx, out, n);
      }
      case COS -> {
        VectorMath.sin(x, in, dx, out, n);
        RowArithmetic.multiply(dx, out, dy, slope, dx, out, n);
        RowArithmetic.scale(dx, out, -1, dx, out, n);
      }
      case TRUNC -> Arrays.fill(dx, out, out + n, 0);
    }
  }
}
