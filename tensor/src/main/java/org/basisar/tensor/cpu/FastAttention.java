package org.basisar.tensor.cpu;

import org.basisar.tensor.AttentionOp;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Fast kernels of {@link AttentionOp}. */
final class FastAttention {
  private FastAttention() {}

  static Launch prepare(AttentionOp op, Tensor[] inputs, Tensor[] outputs) {
    return switch (op) {
      case AttentionOp.RotarySplit(int heads) -> new RotarySplit(heads, inputs, outputs);
      case AttentionOp.RotarySplitGradient(int heads) -> new RotaryJoin(heads, inputs, outputs[0]);
      case AttentionOp.Attention attention -> new Forward(attention, inputs, outputs);
      case AttentionOp.AttentionGradient gradient -> new Backward(gradient, inputs, outputs);
    };
  }

  /** An item is a token. */
  abstract static class Rotation extends FastKernel {
    final int heads;
    final int tokens;
    final int width;
    final int rows;
    final float[] cosine;
    final int co;
    final float[] sine;
    final int so;

    Rotation(int heads, Shape shape, Tensor cosineTable, Tensor sineTable) {
      this.heads = heads;
      tokens = shape.dim(1);
      width = shape.dim(2);
      rows = shape.dim(0) * tokens;
      cosine = floats(cosineTable);
      co = cosineTable.offset();
      sine = floats(sineTable);
      so = sineTable.offset();
    }

    @Override
    public final int items() {
      return rows;
    }

    @Override
    public final int grain() {
      return grain(CHEAP, 3 * width);
    }
  }

  static final class RotarySplit extends Rotation {
    private final float[] joined;
    private final int offset;
    private final float[] query;
    private final int queryOffset;
    private final float[] key;
    private final int keyOffset;
    private final float[] value;
    private final int valueOffset;

    RotarySplit(int heads, Tensor[] inputs, Tensor[] outputs) {
      super(heads, outputs[0].shape(), inputs[1], inputs[2]);
      joined = floats(inputs[0]);
      offset = inputs[0].offset();
      query = floats(outputs[0]);
      queryOffset = outputs[0].offset();
      key = floats(outputs[1]);
      keyOffset = outputs[1].offset();
      value = floats(outputs[2]);
      valueOffset = outputs[2].offset();
    }

    @Override
    public void run(int from, int to) {
      int headWidth = width / heads;
      for (int row = from; row < to; row++) {
        int in = offset + row * 3 * width;
        int out = row * width;
        int c = co + row % tokens * headWidth;
        int s = so + row % tokens * headWidth;
        Rotary.forward(joined, in, cosine, c, sine, s, query, queryOffset + out, heads, headWidth);
        Rotary.forward(
            joined, in + width, cosine, c, sine, s, key, keyOffset + out, heads, headWidth);
        System.arraycopy(joined, in + 2 * width, value, valueOffset + out, width);
      }
    }
  }

  static final class RotaryJoin extends Rotation {
    private final float[] query;
    private final int queryOffset;
    private final float[] key;
    private final int keyOffset;
    private final float[] value;
    private final int valueOffset;
    private final float[] joined;
    private final int offset;

    RotaryJoin(int heads, Tensor[] inputs, Tensor output) {
      super(heads, inputs[0].shape(), inputs[3], inputs[4]);
      query = floats(inputs[0]);
      queryOffset = inputs[0].offset();
      key = floats(inputs[1]);
      keyOffset = inputs[1].offset();
      value = floats(inputs[2]);
      valueOffset = inputs[2].offset();
      joined = floats(output);
      offset = output.offset();
    }

    @Override
    public void run(int from, int to) {
      int headWidth = width / heads;
      for (int row = from; row < to; row++) {
        int in = row * width;
        int out = offset + row * 3 * width;
        int c = co + row % tokens * headWidth;
        int s = so + row % tokens * headWidth;
        Rotary.backward(query, queryOffset + in, cosine, c, sine, s, joined, out, heads, headWidth);
        Rotary.backward(
            key, keyOffset + in, cosine, c, sine, s, joined, out + width, heads, headWidth);
        System.arraycopy(value, valueOffset + in, joined, out + 2 * width, width);
      }
    }
  }

  static final class Forward implements Launch {
    private final Attention attention;
    private final double dropout;
    private final int call;
    private final FastGeneration.@Nullable State state;

    Forward(AttentionOp.Attention op, Tensor[] inputs, Tensor[] outputs) {
      Shape query = inputs[0].shape();
      int keys = inputs[1].shape().dim(1);
      int width = query.dim(2);
      int rows = query.dim(1) * width;
      attention =
          new Attention(
                  query.dim(0), op.heads(), width / op.heads(), query.dim(1), keys, op.cellTokens())
              .query(FastKernel.floats(inputs[0]), inputs[0].offset(), width, rows)
              .key(FastKernel.floats(inputs[1]), inputs[1].offset(), width, keys * width)
              .value(FastKernel.floats(inputs[2]), inputs[2].offset(), width, keys * width)
              .out(FastKernel.floats(outputs[0]), outputs[0].offset(), width, rows)
              .logSum(FastKernel.floats(outputs[1]), outputs[1].offset());
      dropout = op.dropout();
      call = op.call();
      state = dropout > 0 ? new FastGeneration.State(inputs[3]) : null;
    }

    private Forward(Forward other, Attention attention) {
      this.attention = attention;
      dropout = other.dropout;
      call = other.call;
      state = other.state;
    }

    /** The same launch on what a rotation would read, done on the way. */
    Forward rotating(RotarySplit split) {
      int width = split.width;
      int row = 3 * width;
      int rows = split.tokens * row;
      return new Forward(
          this,
          new Attention(attention)
              .query(split.joined, split.offset, row, rows)
              .key(split.joined, split.offset + width, row, rows)
              .value(split.joined, split.offset + 2 * width, row, rows)
              .rotation(split.cosine, split.co, split.sine, split.so));
    }

    @Override
    public void run() {
      if (state != null) {
        attention.dropout(dropout, state.seed(), state.step(), call);
      }
      attention.execute();
    }
  }

  static final class Backward implements Launch {
    private final AttentionBackward attention;
    private final double dropout;
    private final int call;
    private final FastGeneration.@Nullable State state;

    Backward(AttentionOp.AttentionGradient op, Tensor[] inputs, Tensor[] outputs) {
      Shape query = inputs[0].shape();
      int keys = inputs[1].shape().dim(1);
      int width = query.dim(2);
      int rows = query.dim(1) * width;
      int keyRows = keys * width;
      attention =
          new AttentionBackward(
                  query.dim(0), op.heads(), width / op.heads(), query.dim(1), keys, op.cellTokens())
              .query(FastKernel.floats(inputs[0]), inputs[0].offset(), width, rows)
              .key(FastKernel.floats(inputs[1]), inputs[1].offset(), width, keyRows)
              .value(FastKernel.floats(inputs[2]), inputs[2].offset(), width, keyRows)
              .logSum(FastKernel.floats(inputs[4]), inputs[4].offset())
              .outGradient(FastKernel.floats(inputs[5]), inputs[5].offset(), width, rows)
              .queryGradient(FastKernel.floats(outputs[0]), outputs[0].offset(), width, rows)
              .keyGradient(FastKernel.floats(outputs[1]), outputs[1].offset(), width, keyRows)
              .valueGradient(FastKernel.floats(outputs[2]), outputs[2].offset(), width, keyRows);
      dropout = op.dropout();
      call = op.call();
      state = dropout > 0 ? new FastGeneration.State(inputs[6]) : null;
    }

    private Backward(Backward other, AttentionBackward attention) {
      this.attention = attention;
      dropout = other.dropout;
      call = other.call;
      state = other.state;
    }

    /**
     * The same launch on what a rotation has turned in place, with its gradient done on the way.
     */
    Backward rotating(RotarySplit split, RotaryJoin join) {
      int width = split.width;
      int row = 3 * width;
      int rows = split.tokens * row;
      return new Backward(
          this,
          new AttentionBackward(attention)
              .query(split.joined, split.offset, row, rows)
              .key(split.joined, split.offset + width, row, rows)
              .value(split.joined, split.offset + 2 * width, row, rows)
              .queryGradient(join.joined, join.offset, row, rows)
              .keyGradient(join.joined, join.offset + width, row, rows)
              .valueGradient(join.joined, join.offset + 2 * width, row, rows)
              .rotation(join.cosine, join.co, join.sine, join.so));
    }

    @Override
    public void run() {
      if (state != null) {
        attention.dropout(dropout, state.seed(), state.step(), call);
      }
      attention.execute();
    }
  }
}
