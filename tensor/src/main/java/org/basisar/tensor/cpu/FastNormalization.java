package org.basisar.tensor.cpu;

import java.util.Arrays;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Normalization;
import org.basisar.tensor.Tensor;

/** Fast kernels of {@link Normalization}; an item is a row, or rows whose gradients are summed. */
final class FastNormalization {
  private FastNormalization() {}

  static Launch prepare(Normalization op, Tensor[] inputs, Tensor[] outputs) {
    return switch (op) {
      case Normalization.RmsNorm(double epsilon) ->
          new Forward(Kind.RMS, epsilon, inputs, outputs[0]);
      case Normalization.LayerNorm(double epsilon) ->
          new Forward(Kind.LAYER, epsilon, inputs, outputs[0]);
      case Normalization.Softmax() -> new Forward(Kind.SOFTMAX, 0, inputs, outputs[0]);
      case Normalization.SoftmaxGradient() -> new SoftmaxGradient(inputs, outputs[0]);
      case Normalization.RmsNormGradient(double epsilon) ->
          new WeightedGradient(Kind.RMS, epsilon, inputs, outputs);
      case Normalization.LayerNormGradient(double epsilon) ->
          new WeightedGradient(Kind.LAYER, epsilon, inputs, outputs);
      case Normalization.RmsNormModulate(double epsilon) ->
          new Modulate(epsilon, inputs, outputs[0]);
      case Normalization.RmsNormModulateGradient(double epsilon) ->
          new ModulateGradient(epsilon, inputs, outputs);
    };
  }

  private enum Kind {
    RMS,
    LAYER,
    SOFTMAX
  }

  /** Kernels on rows of the last axis. */
  private abstract static class Rows extends FastKernel {
    final int rows;
    final int width;

    Rows(Tensor x) {
      width = x.shape().dim(-1);
      rows = width == 0 ? 0 : x.size() / width;
    }
  }

  private static final class Forward extends Rows {
    private static final float[] NONE = {};

    private final Kind kind;
    private final float epsilon;
    private final float[] x;
    private final int xo;
    private final boolean weighted;
    private final float[] weight;
    private final int wo;
    private final float[] bias;
    private final int bo;
    private final float[] y;
    private final int yo;

    Forward(Kind kind, double epsilon, Tensor[] inputs, Tensor output) {
      super(inputs[0]);
      this.kind = kind;
      this.epsilon = (float) epsilon;
      x = floats(inputs[0]);
      xo = inputs[0].offset();
      weighted = inputs.length > 1;
      weight = weighted ? floats(inputs[1]) : NONE;
      wo = weighted ? inputs[1].offset() : 0;
      bias = inputs.length > 2 ? floats(inputs[2]) : NONE;
      bo = inputs.length > 2 ? inputs[2].offset() : 0;
      y = floats(output);
      yo = output.offset();
    }

    @Override
    public int items() {
      return rows;
    }

    @Override
    public int grain() {
      return grain(kind == Kind.SOFTMAX ? DEAR : CHEAP, width);
    }

    @Override
    public void run(int from, int to) {
      for (int row = from; row < to; row++) {
        int in = xo + row * width;
        int out = yo + row * width;
        switch (kind) {
          case RMS -> RowNorms.rmsNorm(x, in, weighted ? weight : null, wo, y, out, width, epsilon);
          case LAYER ->
              RowLayerNorms.layerNorm(
                  x,
                  in,
                  weighted ? weight : null,
                  wo,
                  weighted ? bias : null,
                  bo,
                  y,
                  out,
                  width,
                  epsilon);
          case SOFTMAX -> RowSoftmax.forward(x, in, y, out, width);
        }
      }
    }
  }

  private static final class SoftmaxGradient extends Rows {
    private final float[] y;
    private final int yo;
    private final float[] dy;
    private final int dyo;
    private final float[] dx;
    private final int dxo;

    SoftmaxGradient(Tensor[] inputs, Tensor output) {
      super(inputs[0]);
      y = floats(inputs[0]);
      yo = inputs[0].offset();
      dy = floats(inputs[1]);
      dyo = inputs[1].offset();
      dx = floats(output);
      dxo = output.offset();
    }

    @Override
    public int items() {
      return rows;
    }

    @Override
    public int grain() {
      return grain(CHEAP, width);
    }

    @Override
    public void run(int from, int to) {
      for (int row = from; row < to; row++) {
        int at = row * width;
        RowSoftmax.backward(y, yo + at, dy, dyo + at, dx, dxo + at, width);
      }
    }
  }

  /**
   * Gradients of a norm whose weight all rows share. Rows are taken in blocks, of a size that
   * depends on their number alone; the sums of the blocks are added in order.
   */
  private static final class WeightedGradient extends Rows {
    private static final int MOST_BLOCKS = 64;
    private static final int LEAST_ROWS = 64;
    private static final float[] NONE = {};

    private final Kind kind;
    private final float epsilon;
    private final boolean weighted;
    private final boolean biased;
    private final float[] x;
    private final int xo;
    private final float[] weight;
    private final int wo;
    private final float[] dy;
    private final int dyo;
    private final float[] dx;
    private final int dxo;
    private final float[] dweight;
    private final int dwo;
    private final float[] dbias;
    private final int dbo;
    private final int blockRows;
    private final int blocks;
    private float[] weightSums = NONE;
    private float[] biasSums = NONE;

    WeightedGradient(Kind kind, double epsilon, Tensor[] inputs, Tensor[] outputs) {
      super(inputs[0]);
      this.kind = kind;
      this.epsilon = (float) epsilon;
      weighted = inputs.length == 3;
      x = floats(inputs[0]);
      xo = inputs[0].offset();
      weight = weighted ? floats(inputs[1]) : NONE;
      wo = weighted ? inputs[1].offset() : 0;
      dy = floats(inputs[inputs.length - 1]);
      dyo = inputs[inputs.length - 1].offset();
      dx = floats(outputs[0]);
      dxo = outputs[0].offset();
      dweight = weighted ? floats(outputs[1]) : NONE;
      dwo = weighted ? outputs[1].offset() : 0;
      biased = outputs.length > 2;
      dbias = biased ? floats(outputs[2]) : NONE;
      dbo = biased ? outputs[2].offset() : 0;
      blockRows = Math.max(LEAST_ROWS, (rows + MOST_BLOCKS - 1) / MOST_BLOCKS);
      blocks = (rows + blockRows - 1) / blockRows;
    }

    @Override
    public int items() {
      return blocks;
    }

    @Override
    public int grain() {
      return grain(CHEAP, blockRows * width);
    }

    @Override
    public void run(int from, int to) {
      for (int block = from; block < to; block++) {
        int sums = block * width;
        if (weighted) {
          Arrays.fill(weightSums, sums, sums + width, 0);
        }
        if (biased) {
          Arrays.fill(biasSums, sums, sums + width, 0);
        }
        int end = Math.min(rows, (block + 1) * blockRows);
        for (int row = block * blockRows; row < end; row++) {
          row(row * width, sums);
        }
      }
    }

    private void row(int at, int sums) {
      if (kind == Kind.RMS) {
        RowNorms.rmsNormBackward(
            x,
            xo + at,
            weighted ? weight : null,
            wo,
            dy,
            dyo + at,
            dx,
            dxo + at,
            weighted ? weightSums : null,
            sums,
            width,
            epsilon);
      } else {
        RowLayerNorms.layerNormBackward(
            x,
            xo + at,
            weighted ? weight : null,
            wo,
            dy,
            dyo + at,
            dx,
            dxo + at,
            weighted ? weightSums : null,
            sums,
            biased ? biasSums : null,
            sums,
            width,
            epsilon);
      }
    }

    @Override
    public void run() {
      Scratch scratch = Scratch.ofThread();
      weightSums = weighted ? scratch.floats(Scratch.WORK, blocks * width) : NONE;
      biasSums = biased ? scratch.floats(Scratch.WORK + 1, blocks * width) : NONE;
      super.run();
      if (weighted) {
        add(weightSums, dweight, dwo);
      }
      if (biased) {
        add(biasSums, dbias, dbo);
      }
    }

    private void add(float[] sums, float[] total, int offset) {
      Arrays.fill(total, offset, offset + width, 0);
      for (int block = 0; block < blocks; block++) {
        RowArithmetic.add(sums, block * width, total, offset, total, offset, width);
      }
    }
  }

  private static final class Modulate extends GroupKernel {
    private final float epsilon;
    private final float[] x;
    private final int xo;
    private final float[] scale;
    private final int so;
    private final float[] shift;
    private final int to;
    private final float[] y;
    private final int yo;

    Modulate(double epsilon, Tensor[] inputs, Tensor output) {
      super(inputs[0].shape(), inputs[1].shape());
      this.epsilon = (float) epsilon;
      x = floats(inputs[0]);
      xo = inputs[0].offset();
      scale = floats(inputs[1]);
      so = inputs[1].offset();
      shift = floats(inputs[2]);
      to = inputs[2].offset();
      y = floats(output);
      yo = output.offset();
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
    public void run(int from, int end) {
      for (int item = from; item < end; item++) {
        int at = item * width;
        int group = item / tokens * width;
        RowNorms.modulate(
            x, xo + at, scale, so + group, shift, to + group, y, yo + at, width, epsilon);
      }
    }
  }

  /** An item is a group, which sums over its tokens in order. */
  private static final class ModulateGradient extends GroupKernel {
    private static final int INVERSES = 3;

    private final float epsilon;
    private final float[] x;
    private final int xo;
    private final float[] scale;
    private final int so;
    private final float[] dy;
    private final int dyo;
    private final float[] dx;
    private final int dxo;
    private final float[] dscale;
    private final int dso;
    private final float[] dshift;
    private final int dto;

    ModulateGradient(double epsilon, Tensor[] inputs, Tensor[] outputs) {
      super(inputs[0].shape(), inputs[1].shape());
      this.epsilon = (float) epsilon;
      x = floats(inputs[0]);
      xo = inputs[0].offset();
      scale = floats(inputs[1]);
      so = inputs[1].offset();
      dy = floats(inputs[2]);
      dyo = inputs[2].offset();
      dx = floats(outputs[0]);
      dxo = outputs[0].offset();
      dscale = floats(outputs[1]);
      dso = outputs[1].offset();
      dshift = floats(outputs[2]);
      dto = outputs[2].offset();
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
      for (int item = from; item < end; item++) {
        int row = item * width;
        Arrays.fill(dscale, dso + row, dso + row + width, 0);
        Arrays.fill(dshift, dto + row, dto + row + width, 0);
        float[] inverses = Scratch.ofThread().floats(INVERSES, tokens);
        for (int token = 0; token < tokens; token++) {
          int at = xo + (item * tokens + token) * width;
          inverses[token] = RowNorms.inverseRms(x, at, width, epsilon);
        }
        for (int token = 0; token < tokens; token++) {
          int at = (item * tokens + token) * width;
          RowNorms.modulateBackward(
              x,
              xo + at,
              scale,
              so + row,
              dy,
              dyo + at,
              dx,
              dxo + at,
              dscale,
              dso + row,
              dshift,
              dto + row,
              width,
              inverses[token]);
        }
      }
    }
  }
}
