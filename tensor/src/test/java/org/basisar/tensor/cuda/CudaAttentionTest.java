package org.basisar.tensor.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.basisar.gpu.Gpu;
import org.basisar.gpu.sim.SimulatedGpu;
import org.basisar.tensor.AttentionOp;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Op;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which kernels attention is bound to, and that the tensor-core ones are bound rightly. */
final class CudaAttentionTest {
  private Gpu gpu;
  private Device device;
  private CudaContext context;

  @BeforeEach
  void open() {
    gpu = SimulatedGpu.create();
    device = Device.on("test", gpu);
    context = new CudaContext(gpu);
  }

  @AfterEach
  void close() {
    gpu.close();
  }

  private Tensor[] run(AttentionOp op, Tensor... inputs) {
    Tensor[] here = new Tensor[inputs.length];
    for (int i = 0; i < here.length; i++) {
      here[i] = inputs[i].to(device);
    }
    List<Tensor> outputs = new ArrayList<>();
    for (Op.Output output : op.infer(inputs)) {
      outputs.add(Ops.fill(output.shape(), output.dtype(), 0).to(device));
    }
    Tensor[] out = outputs.toArray(new Tensor[0]);
    CudaAttention.prepare(context, op, here, out).run();
    context.stream().synchronize();
    return out;
  }

  private static Tensor normal(DType dtype, Random random, int... dims) {
    return Ops.cast(random.normal(DType.F64, dims), dtype);
  }

  private static Tensor[] widened(Tensor[] tensors) {
    Tensor[] wide = new Tensor[tensors.length];
    for (int i = 0; i < wide.length; i++) {
      DType dtype = tensors[i].dtype();
      wide[i] = dtype.isFloating() ? Ops.cast(tensors[i], DType.F64) : tensors[i];
    }
    return wide;
  }

  /**
   * Within four roundings to BF16 of the largest element: this looks for wrong bindings; the
   * kernels' own tests hold them to the 2× rule.
   */
  private static void check(Tensor actual, Tensor expected) {
    double[] is = actual.toDoubles();
    double[] should = expected.toDoubles();
    double scale = 0;
    for (double value : should) {
      scale = Math.max(scale, Math.abs(value));
    }
    for (int i = 0; i < is.length; i++) {
      assertThat(Math.abs(is[i] - should[i])).as("element %d", i).isLessThan(0x1p-6 * scale);
    }
  }

  @ParameterizedTest
  @CsvSource({"64, 66, 66, 33, 0", "80, 32, 64, 32, 0.2", "64, 40, 100, 0, 0.1"})
  void tensorCoresTakeWideHeadsInBfloat16(
      int headWidth, int queries, int keys, int cellTokens, double dropout) {
    Random random = new Random(3);
    int width = 2 * headWidth;
    AttentionOp.Attention forward = new AttentionOp.Attention(2, cellTokens, dropout, 1);
    Tensor query = normal(DType.BF16, random, 2, queries, width);
    Tensor key = normal(DType.BF16, random, 2, keys, width);
    Tensor value = normal(DType.BF16, random, 2, keys, width);
    Tensor[] inputs =
        dropout == 0
            ? new Tensor[] {query, key, value}
            : new Tensor[] {query, key, value, random.state()};
    Tensor[] expected = Engine.run(forward, widened(inputs));
    Tensor[] actual = run(forward, inputs);
    check(actual[0], expected[0]);
    check(actual[1], expected[1]);

    Tensor slope = normal(DType.BF16, random, 2, queries, width);
    AttentionOp.AttentionGradient backward =
        new AttentionOp.AttentionGradient(2, cellTokens, dropout, 1);
    Tensor[] operands = new Tensor[inputs.length + 3];
    System.arraycopy(inputs, 0, operands, 0, 3);
    operands[3] = actual[0].to(Device.CPU);
    operands[4] = actual[1].to(Device.CPU);
    operands[5] = slope;
    if (dropout > 0) {
      operands[6] = inputs[3];
    }
    Tensor[] wanted = Engine.run(backward, widened(operands));
    Tensor[] found = run(backward, operands);
    for (int i = 0; i < 3; i++) {
      check(found[i], wanted[i]);
    }
    String suffix = "_" + headWidth + (dropout == 0 ? "" : "_dropout");
    assertThat(context.kernels().used())
        .containsExactlyInAnyOrder(
            "attention/flash:flash" + suffix,
            "attention/flash_gradient:flash_delta",
            "attention/flash_gradient:flash_query" + suffix,
            "attention/flash_gradient:flash_key" + suffix);
  }

  @Test
  void whatDoesNotFitGoesToTheSimpleKernels() {
    Random random = new Random(4);
    AttentionOp.Attention op = new AttentionOp.Attention(1, 0, 0, 0);
    run(
        op,
        normal(DType.F32, random, 1, 32, 64),
        normal(DType.F32, random, 1, 32, 64),
        normal(DType.F32, random, 1, 32, 64));
    Tensor query = normal(DType.BF16, random, 1, 8, 64);
    run(op, query, query, query);
    assertThat(context.kernels().used())
        .isEqualTo(
            Set.of("attention/attention:attention_f32", "attention/attention:attention_bf16"));
  }

  @Test
  void rowsThatAreNotAlignedGoToTheSimpleKernels() {
    Random random = new Random(5);
    Tensor all = normal(DType.BF16, random, 1 + 32 * 64).to(device);
    Tensor shifted = all.slice(0, 1, 32 * 64).reshape(1, 32, 64);
    AttentionOp.Attention op = new AttentionOp.Attention(1, 0, 0, 0);
    Tensor[] out = {
      Ops.fill(Shape.of(1, 32, 64), DType.BF16, 0).to(device),
      Ops.fill(Shape.of(1, 1, 32), DType.F32, 0).to(device)
    };
    CudaAttention.prepare(context, op, new Tensor[] {shifted, shifted, shifted}, out).run();
    context.stream().synchronize();
    Tensor host = Ops.cast(shifted.to(Device.CPU), DType.F64);
    check(out[0], Engine.run(op, host, host, host)[0]);
    assertThat(context.kernels().used()).isEqualTo(Set.of("attention/attention:attention_bf16"));
  }
}
