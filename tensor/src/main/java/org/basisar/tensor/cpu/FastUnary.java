package org.basisar.tensor.cpu;

import org.basisar.tensor.Elementwise.UnaryKind;
import org.basisar.tensor.Tensor;

/** y = f(x). */
final class FastUnary extends ElementKernel {
  private final UnaryKind kind;
  private final float[] x;
  private final int xo;
  private final float[] y;
  private final int yo;

  FastUnary(UnaryKind kind, Tensor input, Tensor output) {
    super(output.size());
    this.kind = kind;
    x = floats(input);
    xo = input.offset();
    y = floats(output);
    yo = output.offset();
  }

  @Override
  public int grain() {
    return DEAR;
  }

  @Override
  void chunk(int at, int n) {
    int in = xo + at;
    int out = yo + at;
    switch (kind) {
      case NEG -> RowArithmetic.scale(x, in, -1, y, out, n);
      case EXP -> VectorMath.exp(x, in, y, out, n);
      case LOG -> VectorMath.log(x, in, y, out, n);
      case SQRT -> RowArithmetic.squareRoot(x, in, y, out, n);
      case RSQRT -> VectorMath.rsqrt(x, in, y, out, n);
      case SQUARE -> RowArithmetic.multiply(x, in, x, in, y, out, n);
      case ABS -> RowArithmetic.magnitude(x, in, y, out, n);
      case SIGMOID -> VectorMath.sigmoid(x, in, y, out, n);
      case SILU -> VectorMath.silu(x, in, y, out, n);
      case GELU -> VectorMath.gelu(x, in, y, out, n);
      case TANH -> VectorMath.tanh(x, in, y, out, n);
      case SIN -> VectorMath.sin(x, in, y, out, n);
      case COS -> VectorMath.cos(x, in, y, out, n);
      case TRUNC -> {
        for (int i = 0; i < n; i++) {
          float value = x[in + i];
          y[out + i] = (float) (value < 0 ? Math.ceil(value) : Math.floor(value));
        }
      }
    }
  }
}
