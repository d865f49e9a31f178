package org.basisar.tensor.cpu;

import org.basisar.tensor.DType;
import org.basisar.tensor.Generation;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Fast kernels of {@link Generation}, with the numbers of {@link Philox}. */
final class FastGeneration {
  private FastGeneration() {}

  static @Nullable Launch prepare(Generation op, Tensor[] inputs, Tensor[] outputs) {
    Tensor output = outputs[0];
    return switch (op) {
      case Generation.Fill(Shape _, DType _, double value) -> new FastFill(value, output);
      case Generation.Normal(Shape _, DType dtype, int call) ->
          dtype == DType.BF16 ? null : new Draw(true, inputs[0], call, output);
      case Generation.Uniform(Shape _, DType dtype, int call) ->
          dtype == DType.BF16 ? null : new Draw(false, inputs[0], call, output);
      case Generation.Dropout(double rate, int call) ->
          output.dtype() == DType.F32 ? new Dropout(rate, call, inputs, output) : null;
    };
  }

  /** Seed and step, read anew on every run. */
  static final class State {
    private final int[] words;
    private final int offset;

    State(Tensor state) {
      words = FastKernel.ints(state);
      offset = state.offset();
    }

    long seed() {
      return pair(0);
    }

    long step() {
      return pair(2);
    }

    private long pair(int word) {
      return (words[offset + word] & 0xffffffffL) | ((long) words[offset + word + 1] << 32);
    }
  }

  private static final class Draw extends FastKernel {
    private final boolean normal;
    private final State state;
    private final int call;
    private final Object array;
    private final int offset;
    private final int count;

    Draw(boolean normal, Tensor state, int call, Tensor output) {
      this.normal = normal;
      this.state = new State(state);
      this.call = call;
      array = output.storage().memory();
      offset = output.offset();
      count = output.size();
    }

    @Override
    public int items() {
      return count;
    }

    @Override
    public int grain() {
      return 1024;
    }

    @Override
    public void run(int from, int to) {
      long seed = state.seed();
      long step = state.step();
      int n = to - from;
      if (array instanceof float[] out) {
        if (normal) {
          Philox.normal(seed, step, call, from, out, offset + from, n);
        } else {
          Philox.uniform(seed, step, call, from, out, offset + from, n);
        }
      } else if (array instanceof double[] out) {
        if (normal) {
          Philox.normal(seed, step, call, from, out, offset + from, n);
        } else {
          Philox.uniform(seed, step, call, from, out, offset + from, n);
        }
      }
    }
  }

  private static final class Dropout extends FastKernel {
    private static final int CHUNK = 1024;
    private static final int UNIFORM = 3;

    private final double rate;
    private final int call;
    private final State state;
    private final float[] x;
    private final int xo;
    private final float[] y;
    private final int yo;
    private final int count;

    Dropout(double rate, int call, Tensor[] inputs, Tensor output) {
      this.rate = rate;
      this.call = call;
      x = floats(inputs[0]);
      xo = inputs[0].offset();
      state = new State(inputs[1]);
      y = floats(output);
      yo = output.offset();
      count = output.size();
    }

    @Override
    public int items() {
      return count;
    }

    @Override
    public int grain() {
      return DEAR;
    }

    @Override
    public void run(int from, int to) {
      float[] uniform = Scratch.ofThread().floats(UNIFORM, CHUNK);
      float scale = (float) (1 / (1 - rate));
      for (int at = from; at < to; at += CHUNK) {
        int n = Math.min(CHUNK, to - at);
        Philox.uniform(state.seed(), state.step(), call, at, uniform, 0, n);
        for (int i = 0; i < n; i++) {
          y[yo + at + i] = uniform[i] >= rate ? x[xo + at + i] * scale : 0;
        }
      }
    }
  }
}
