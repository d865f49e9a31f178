package org.basisar.tensor.cpu;

import org.basisar.tensor.Elementwise;
import org.basisar.tensor.Elementwise.CompareKind;
import org.basisar.tensor.Elementwise.UnaryKind;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Tensor;

/** Fast kernels of {@link Elementwise}; an item is one element. */
final class FastElementwise {
  private FastElementwise() {}

  static Launch prepare(Elementwise op, Tensor[] inputs, Tensor[] outputs) {
    Tensor x = inputs[0];
    Tensor y = outputs[0];
    return switch (op) {
      case Elementwise.Unary(UnaryKind kind) -> new FastUnary(kind, x, y);
      case Elementwise.UnaryGradient(UnaryKind kind) ->
          new FastUnaryGradient(kind, x, inputs[1], y);
      case Elementwise.Binary(Elementwise.BinaryKind kind) -> new FastBinary(kind, x, inputs[1], y);
      case Elementwise.Affine(double scale, double shift) ->
          new Map(Map.Function.AFFINE, (float) scale, (float) shift, x, y);
      case Elementwise.Clamp(double least, double most) ->
          new Map(Map.Function.CLAMP, (float) least, (float) most, x, y);
      case Elementwise.Power(double exponent) -> new Power(exponent, x, y);
      case Elementwise.Compare(CompareKind kind) -> new Compare(kind, x, inputs[1], y);
      case Elementwise.Where() -> new Where(inputs, y);
      case Elementwise.Cast _ -> new FastCast(x, y);
      case Elementwise.GatedGelu() -> new GatedGelu(inputs, y);
      case Elementwise.GatedGeluGradient() -> new GatedGeluGradient(inputs, outputs);
      case Elementwise.GateResidual() -> new FastGate.Residual(inputs, y);
      case Elementwise.GateResidualGradient() -> new FastGate.ResidualGradient(inputs, outputs);
      case Elementwise.Interpolate() -> new FastGate.Interpolate(inputs, y);
    };
  }

  /** A function of x with two constants. */
  private static final class Map extends ElementKernel {
    enum Function {
      AFFINE,
      CLAMP
    }

    private final Function function;
    private final float first;
    private final float second;
    private final float[] x;
    private final int xo;
    private final float[] y;
    private final int yo;

    Map(Function function, float first, float second, Tensor input, Tensor output) {
      super(output.size());
      this.function = function;
      this.first = first;
      this.second = second;
      x = floats(input);
      xo = input.offset();
      y = floats(output);
      yo = output.offset();
    }

    @Override
    public int grain() {
      return CHEAP;
    }

    @Override
    void chunk(int at, int n) {
      switch (function) {
        case AFFINE -> RowArithmetic.affine(x, xo + at, first, second, y, yo + at, n);
        case CLAMP -> RowArithmetic.clamp(x, xo + at, first, second, y, yo + at, n);
      }
    }
  }

  private static final class Power extends ElementKernel {
    private final double exponent;
    private final float[] x;
    private final int xo;
    private final float[] y;
    private final int yo;

    Power(double exponent, Tensor input, Tensor output) {
      super(output.size());
      this.exponent = exponent;
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
      if (exponent == 2) {
        RowArithmetic.multiply(x, in, x, in, y, out, n);
      } else if (exponent == 0.5) {
        RowArithmetic.squareRoot(x, in, y, out, n);
      } else if (exponent == -0.5) {
        VectorMath.rsqrt(x, in, y, out, n);
      } else if (exponent == -1) {
        RowArithmetic.reciprocal(x, in, 1, y, out, n);
      } else {
        for (int i = 0; i < n; i++) {
          y[out + i] = (float) Math.pow(x[in + i], exponent);
        }
      }
    }
  }

  private static final class Compare extends FastKernel {
    private final CompareKind kind;
    private final float[] x;
    private final int xo;
    private final float[] y;
    private final int yo;
    private final byte[] mask;
    private final int offset;
    private final int count;

    Compare(CompareKind kind, Tensor left, Tensor right, Tensor output) {
      this.kind = kind;
      x = floats(left);
      xo = left.offset();
      y = floats(right);
      yo = right.offset();
      mask = (byte[]) output.storage().memory();
      offset = output.offset();
      count = output.size();
    }

    @Override
    public int items() {
      return count;
    }

    @Override
    public int grain() {
      return CHEAP;
    }

    @Override
    public void run(int from, int to) {
      for (int i = from; i < to; i++) {
        float left = x[xo + i];
        float right = y[yo + i];
        boolean holds =
            switch (kind) {
              case LESS -> left < right;
              case LESS_EQUAL -> left <= right;
              case EQUAL -> left == right;
              case GREATER -> left > right;
              case GREATER_EQUAL -> left >= right;
            };
        mask[offset + i] = (byte) (holds ? 1 : 0);
      }
    }
  }

  private static final class Where extends FastKernel {
    private final byte[] condition;
    private final int co;
    private final float[] x;
    private final int xo;
    private final float[] y;
    private final int yo;
    private final float[] z;
    private final int zo;
    private final int count;

    Where(Tensor[] inputs, Tensor output) {
      condition = (byte[]) inputs[0].storage().memory();
      co = inputs[0].offset();
      x = floats(inputs[1]);
      xo = inputs[1].offset();
      y = floats(inputs[2]);
      yo = inputs[2].offset();
      z = floats(output);
      zo = output.offset();
      count = output.size();
    }

    @Override
    public int items() {
      return count;
    }

    @Override
    public int grain() {
      return CHEAP;
    }

    @Override
    public void run(int from, int to) {
      for (int i = from; i < to; i++) {
        z[zo + i] = condition[co + i] != 0 ? x[xo + i] : y[yo + i];
      }
    }
  }

  private static final class GatedGelu extends ElementKernel {
    private final float[] gate;
    private final int go;
    private final float[] value;
    private final int vo;
    private final float[] y;
    private final int yo;

    GatedGelu(Tensor[] inputs, Tensor output) {
      super(output.size());
      gate = floats(inputs[0]);
      go = inputs[0].offset();
      value = floats(inputs[1]);
      vo = inputs[1].offset();
      y = floats(output);
      yo = output.offset();
    }

    @Override
    public int grain() {
      return DEAR;
    }

    @Override
    void chunk(int at, int n) {
      RowGates.geluGate(gate, go + at, value, vo + at, y, yo + at, n);
    }
  }

  private static final class GatedGeluGradient extends ElementKernel {
    private static final int BELL = 3;
    private static final int PRODUCT = 4;

    private final float[] gate;
    private final int go;
    private final float[] value;
    private final int vo;
    private final float[] dy;
    private final int dyo;
    private final float[] dgate;
    private final int dgo;
    private final float[] dvalue;
    private final int dvo;

    GatedGeluGradient(Tensor[] inputs, Tensor[] outputs) {
      super(inputs[0].size());
      gate = floats(inputs[0]);
      go = inputs[0].offset();
      value = floats(inputs[1]);
      vo = inputs[1].offset();
      dy = floats(inputs[2]);
      dyo = inputs[2].offset();
      dgate = floats(outputs[0]);
      dgo = outputs[0].offset();
      dvalue = floats(outputs[1]);
      dvo = outputs[1].offset();
    }

    @Override
    public int grain() {
      return DEAR;
    }

    @Override
    void chunk(int at, int n) {
      Scratch scratch = Scratch.ofThread();
      RowGates.geluGateBackward(
          gate,
          go + at,
          value,
          vo + at,
          dy,
          dyo + at,
          dgate,
          dgo + at,
          dvalue,
          dvo + at,
          scratch.floats(BELL, CHUNK),
          scratch.floats(PRODUCT, CHUNK),
          n);
    }
  }
}
