package org.basisar.bench.peer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import org.basisar.bench.AttentionCase;
import org.basisar.bench.CpuBenchmark;
import org.basisar.bench.Expected;
import org.basisar.bench.HostTensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Attention on libtorch as two batched products around a masked softmax. */
public class TorchAttentionBenchmark extends CpuBenchmark {
  private static final double TOLERANCE = 1e-4;

  /** Which attention. */
  @Param public AttentionCase shape = AttentionCase.N64;

  private Runnable forward = () -> {};
  private Runnable both = () -> {};

  /** Prepares and checks. */
  @Setup
  public void prepare() {
    NDManager manager = Torch.open(threads);
    NDArray query = Torch.tensor(manager, shape.query());
    NDArray key = Torch.tensor(manager, shape.key());
    NDArray value = Torch.tensor(manager, shape.value());
    NDArray gradient = Torch.tensor(manager, shape.gradient());
    NDArray mask = Torch.tensor(manager, mask());
    Torch.watch(query);
    Torch.watch(key);
    Torch.watch(value);
    forward = () -> forward(query, key, value, mask);
    both = () -> forwardBackward(query, key, value, mask, gradient);
    both.run();
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      check(
          attend(query, key, value, mask).toFloatArray(),
          query.getGradient().toFloatArray(),
          key.getGradient().toFloatArray(),
          value.getGradient().toFloatArray());
    }
  }

  private HostTensor mask() {
    int tokens = shape.tokens();
    float[] mask = new float[tokens * tokens];
    for (int i = 0; i < mask.length; i++) {
      boolean later = i % tokens / shape.cellTokens() > i / tokens / shape.cellTokens();
      mask[i] = later ? Float.NEGATIVE_INFINITY : 0;
    }
    return new HostTensor(mask, tokens, tokens);
  }

  private void check(float[] output, float[] query, float[] key, float[] value) {
    int image = AttentionCase.BATCH - 1;
    int head = AttentionCase.HEADS - 1;
    Expected.Attention expected = Expected.attention(shape, image, head);
    near("output", expected.output(), output, image, head);
    near("query gradient", expected.query(), query, image, head);
    near("key gradient", expected.key(), key, image, head);
    near("value gradient", expected.value(), value, image, head);
  }

  private void near(String what, double[] expected, float[] actual, int image, int head) {
    Expected.near(what, expected, Expected.headOf(actual, shape, image, head), 0, TOLERANCE);
  }

  private NDArray attend(NDArray query, NDArray key, NDArray value, NDArray mask) {
    NDArray mixed =
        TorchBlock.attend(
            heads(query).transpose(0, 2, 1, 3),
            heads(key).transpose(0, 2, 3, 1),
            heads(value).transpose(0, 2, 1, 3),
            mask);
    return mixed.transpose(0, 2, 1, 3).reshape(query.getShape());
  }

  private NDArray heads(NDArray x) {
    return x.reshape(
        AttentionCase.BATCH, shape.tokens(), AttentionCase.HEADS, AttentionCase.HEAD_WIDTH);
  }

  private void forward(NDArray query, NDArray key, NDArray value, NDArray mask) {
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      attend(query, key, value, mask);
    }
  }

  private void forwardBackward(
      NDArray query, NDArray key, NDArray value, NDArray mask, NDArray gradient) {
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      Torch.clearGradient(query);
      Torch.clearGradient(key);
      Torch.clearGradient(value);
      Torch.recording(true);
      Torch.backward(attend(query, key, value, mask), gradient);
      Torch.recording(false);
    }
  }

  /** Forward. */
  @Benchmark
  public void torchForward() {
    forward.run();
  }

  /** Forward and backward. */
  @Benchmark
  public void torchForwardBackward() {
    both.run();
  }
}
