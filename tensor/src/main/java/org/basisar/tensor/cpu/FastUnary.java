package org.basisar.tensor.cpu;

import org.basisar.tensor.Elementwise.UnaryKind;
import org.basisar.tensor.Tensor;

/**
 * y = f(x). The function is chosen once, as an object: a switch in the loop would make the compiler
 * inline all vector functions into one method, beyond the size up to which it keeps vectors in
 * registers.
 */
final class FastUnary extends ElementKernel {
  /** f on n elements from {@code xo}, to {@code yo}. */
  @FunctionalInterface
  private interface Function {
    void apply(float[] x, int xo, float[] y, int yo, int n);
  }

  private final Function function;
  private final float[] x;
  private final int xo;
  private final float[] y;
  private final int yo;

  FastUnary(UnaryKind kind, Tensor input, Tensor output) {
    super(output.size());
    function = function(kind);
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
    function.apply(x, xo + at, y, yo + at, n);
  }

  private static Function function(UnaryKind kind) {
    return switch (kind) {
      case NEG -> (x, xo, y, yo, n) -> RowArithmetic.scale(x, xo, -1, y, yo, n);
      case EXP -> VectorMath::exp;
      case LOG -> VectorMath::log;
      case SQRT -> RowArithmetic::squareRoot;
      case RSQRT -> VectorMath::rsqrt;
      case SQUARE -> (x, xo, y, yo, n) -> RowArithmetic.multiply(x, xo, x, xo, y, yo, n);
      case ABS -> RowArithmetic::magnitude;
      case SIGMOID -> VectorMath::sigmoid;
      case SILU -> VectorMath::silu;
      case GELU -> VectorMath::gelu;
      case TANH -> VectorMath::tanh;
      case SIN -> VectorMath::sin;
      case COS -> VectorMath::cos;
      case TRUNC -> FastUnary::truncate;
    };
  }

  private static void truncate(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      float value = x[xo + i];
      y[yo + i] = (float) (value < 0 ? Math.ceil(value) : Math.floor(value));
    }
  }
}
