package org.basisar.tensor.cpu;

import java.util.Arrays;
import org.basisar.tensor.Tensor;

/** Gates and interpolation of tokens, one row of the shared operand for each group of them. */
final class FastGate {
  private FastGate() {}

  /** x + gate · y; an item is a token. */
  static final class Residual extends GroupKernel {
    private final float[] x;
    private final int xo;
    private final float[] y;
    private final int yo;
    private final float[] gate;
    private final int go;
    private final float[] out;
    private final int oo;

    Residual(Tensor[] inputs, Tensor output) {
      super(inputs[0].shape(), inputs[2].shape());
      x = floats(inputs[0]);
      xo = inputs[0].offset();
      y = floats(inputs[1]);
      yo = inputs[1].offset();
      gate = floats(inputs[2]);
      go = inputs[2].offset();
      out = floats(output);
      oo = output.offset();
    }

    @Override
    public int items() {
      return groups * tokens;
    }

    @Override
    public int grain() {
      return grain(CHEAP, width);
    }

    @Override
    public void run(int from, int to) {
      for (int item = from; item < to; item++) {
        int at = item * width;
        RowGates.gateResidual(
            x, xo + at, y, yo + at, gate, go + item / tokens * width, out, oo + at, width);
      }
    }
  }

  /** Gradients of y and of the gate, which sums over its tokens in order; an item is a group. */
  static final class ResidualGradient extends GroupKernel {
    private final float[] y;
    private final int yo;
    private final float[] gate;
    private final int go;
    private final float[] dout;
    private final int doo;
    private final float[] dy;
    private final int dyo;
    private final float[] dgate;
    private final int dgo;

    ResidualGradient(Tensor[] inputs, Tensor[] outputs) {
      super(inputs[0].shape(), inputs[1].shape());
      y = floats(inputs[0]);
      yo = inputs[0].offset();
      gate = floats(inputs[1]);
      go = inputs[1].offset();
      dout = floats(inputs[2]);
      doo = inputs[2].offset();
      dy = floats(outputs[0]);
      dyo = outputs[0].offset();
      dgate = floats(outputs[1]);
      dgo = outputs[1].offset();
    }

    @Override
    public int items() {
      return groups;
    }

    @Override
    public int grain() {
      return grain(CHEAP, tokens * width);
    }

    @Override
    public void run(int from, int to) {
      for (int item = from; item < to; item++) {
        int row = item * width;
        Arrays.fill(dgate, dgo + row, dgo + row + width, 0);
        for (int token = 0; token < tokens; token++) {
          int at = (item * tokens + token) * width;
          RowGates.gateResidualBackward(
              y, yo + at, gate, go + row, dout, doo + at, dy, dyo + at, dgate, dgo + row, width);
        }
      }
    }
  }

  /** (1 − t) · x + t · noise; an item is a group, whose elements lie together. */
  static final class Interpolate extends GroupKernel {
    private final float[] x;
    private final int xo;
    private final float[] noise;
    private final int no;
    private final float[] time;
    private final int to;
    private final float[] out;
    private final int oo;

    Interpolate(Tensor[] inputs, Tensor output) {
      super(inputs[0].shape(), inputs[2].shape());
      x = floats(inputs[0]);
      xo = inputs[0].offset();
      noise = floats(inputs[1]);
      no = inputs[1].offset();
      time = floats(inputs[2]);
      to = inputs[2].offset();
      out = floats(output);
      oo = output.offset();
    }

    @Override
    public int items() {
      return groups;
    }

    @Override
    public int grain() {
      return grain(CHEAP, tokens * width);
    }

    @Override
    public void run(int from, int end) {
      int block = tokens * width;
      for (int item = from; item < end; item++) {
        for (int i = 0; i < block; i += ElementKernel.CHUNK) {
          int at = item * block + i;
          int n = Math.min(ElementKernel.CHUNK, block - i);
          RowGates.interpolate(x, xo + at, noise, no + at, time[to + item], out, oo + at, n);
        }
      }
    }
  }
}
