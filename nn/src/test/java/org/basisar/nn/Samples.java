package org.basisar.nn;

import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Tensor;

/** Numbers and modules for the tests of this package. */
final class Samples {
  private Samples() {}

  static Setup setup(DType dtype, long seed) {
    return new Setup(dtype, new Random(seed), new Random(seed + 1));
  }

  /** Numbers in [-scale, scale). */
  static double[] numbers(long seed, int count, double scale) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = scale * (2 * random.nextDouble() - 1);
    }
    return values;
  }

  static Tensor tensor(long seed, double scale, int... dims) {
    int count = 1;
    for (int dim : dims) {
      count *= dim;
    }
    return Tensor.of(numbers(seed, count, scale), dims);
  }

  static Parameter parameter(Module module, String path) {
    return Objects.requireNonNull(module.parameters().get(path), path);
  }

  static void set(Module module, String path, double... values) {
    parameter(module, path).tensor().copyFrom(values, 0);
  }

  static double[] identity(int side) {
    double[] values = new double[side * side];
    for (int i = 0; i < side; i++) {
      values[i * side + i] = 1;
    }
    return values;
  }

  static <T> T required(Map<String, T> map, String key) {
    return Objects.requireNonNull(map.get(key), key);
  }

  /** Attention, gated MLP and norms around a residual stream, as the networks here are built. */
  static final class Block extends Module {
    private final RmsNorm before;
    private final RotaryAttention attention;
    private final LayerNorm between;
    private final GatedMlp mlp;
    private final Embedding table;

    Block(Setup setup, int width, int heads, double dropout) {
      before = child("norm1", new RmsNorm(setup, width));
      attention = child("attn", new RotaryAttention(setup, width, heads, dropout, dropout));
      between = child("norm2", new LayerNorm(setup, width, 1e-5));
      mlp = child("mlp", new GatedMlp(setup, width, width + 3, dropout));
      table = child("table", new Embedding(setup, 5, width));
    }

    Tensor forward(Tensor x, Tensor index, RotaryTable positions, int cellTokens) {
      Tensor started = Ops.add(x, table.forward(index));
      Tensor attended =
          Ops.add(started, attention.forward(before.forward(started), positions, cellTokens));
      return Ops.add(attended, mlp.forward(between.forward(attended)));
    }
  }
}
