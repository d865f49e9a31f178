package org.basisar.bench;

import org.basisar.tensor.AttentionOp;
import org.basisar.tensor.DType;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Tensor;
import org.basisar.tensor.cpu.Workers;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Our attention, without projections. */
public class AttentionBenchmark extends CpuBenchmark {
  private static final double TOLERANCE = 1e-4;

  /** Which attention. */
  @Param public AttentionCase shape = AttentionCase.N64;

  private Captured forward = new Captured(() -> new Tensor[0]);
  private Captured both = new Captured(() -> new Tensor[0]);

  /** Prepares and checks. */
  @Setup
  public void prepare() {
    Workers.configure(threads);
    Tensor query = EngineStep.tensor(DType.F32, shape.query());
    Tensor key = EngineStep.tensor(DType.F32, shape.key());
    Tensor value = EngineStep.tensor(DType.F32, shape.value());
    Tensor gradient = EngineStep.tensor(DType.F32, shape.gradient());
    int heads = AttentionCase.HEADS;
    int cell = shape.cellTokens();
    AttentionOp.Attention ahead = new AttentionOp.Attention(heads, cell, 0, 0);
    AttentionOp.AttentionGradient back = new AttentionOp.AttentionGradient(heads, cell, 0, 0);
    forward = new Captured(() -> Engine.run(ahead, query, key, value));
    both =
        new Captured(() -> {
          Tensor[] made = Engine.run(ahead, query, key, value);
          return Engine.run(back, query, key, value, made[0], made[1], gradient);
        });
    check(forward.result(0), both.result(0), both.result(1), both.result(2));
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

  /** Forward. */
  @Benchmark
  public void engineForward() {
    forward.replay();
  }

  /** Forward and backward. */
  @Benchmark
  public void engineForwardBackward() {
    both.replay();
  }
}
