package org.basisar.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.basisar.tensor.AttentionOp;
import org.basisar.tensor.Basis;
import org.basisar.tensor.DType;
import org.basisar.tensor.Elementwise;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Normalization;
import org.basisar.tensor.Op;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Optimization;
import org.basisar.tensor.Program;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** A captured training step is replayed without the heap. */
final class FastReplayTest {
  /** Enough images for each of two threads that they share tiles of the basis transform. */
  private static final int B = 20;

  private static final int N = 32;
  private static final int C = 12;
  private static final int D = 64;
  private static final int HEADS = 2;
  private static final int CELL = 16;
  private static final int ALLOWED = 4096;
  private static final int MOST_REPLAYS = 20_000;

  private final List<Tensor> parameters = new ArrayList<>();

  private Tensor parameter(int... dims) {
    float[] values = new float[Shape.of(dims).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i + parameters.size()) * 0.1f;
    }
    parameters.add(Tensor.of(values, dims));
    return parameters.getLast();
  }

  private static Tensor[] run(Op op, Tensor... inputs) {
    return Engine.run(op, inputs);
  }

  /** One block, forward and backward by the gradient operations, with its optimiser step. */
  private void step(Random random, Tensor images, Tensor control, Tensor[] moments, Tensor loss) {
    Tensor basis = parameters.get(0);
    Tensor embed = parameters.get(1);
    Tensor bias = parameters.get(2);
    Tensor joint = parameters.get(3);
    Tensor out = parameters.get(4);
    Tensor scale = parameters.get(5);
    try (Scope _ = Scope.open()) {
      Tensor coefficients = Ops.basisTransform(basis, images, false);
      Tensor noise = random.normal(DType.F32, B, N, C);
      Tensor time = random.uniform(DType.F32, B, N / CELL);
      Tensor noisy = Ops.interpolate(coefficients, noise, time);
      Tensor x = Ops.linear(noisy, embed, bias);
      Tensor normal = Ops.rmsNormModulate(x, scale, scale, 1e-6);
      Tensor table = Ops.cos(Ops.fill(Shape.of(N, D / HEADS), DType.F32, 0.5));
      Tensor[] parts = Ops.rotarySplit(Ops.linear(normal, joint, null), table, table, HEADS);
      Op attention = new AttentionOp.Attention(HEADS, CELL, 0.1, random.nextCall());
      Tensor[] attended = run(attention, parts[0], parts[1], parts[2], random.state());
      Tensor gated = Ops.gatedGelu(Ops.gateResidual(x, attended[0], scale), x);
      Tensor prediction = Ops.linear(Ops.softmax(random.dropout(gated, 0.1)), out, null);
      Ops.copyInto(loss, Ops.residualLoss(basis, images, prediction));

      Tensor[] ofLoss =
          run(
              new Basis.ResidualLossGradient(),
              basis,
              images,
              prediction,
              Ops.fill(Shape.SCALAR, DType.F32, 1));
      Tensor rows = Ops.reshape(ofLoss[2], B * N, C);
      Tensor hidden = Ops.matmul(rows, out);
      Tensor ofOut = Ops.matmul(rows, true, Ops.reshape(gated, B * N, D), false);
      Tensor back = Ops.reshape(hidden, B, N, D);
      Tensor[] ofGate = run(new Elementwise.GatedGeluGradient(), x, gated, back);
      Tensor[] ofResidual =
          run(new Elementwise.GateResidualGradient(), attended[0], scale, ofGate[0]);
      Tensor[] ofAttention =
          run(
              new AttentionOp.AttentionGradient(HEADS, CELL, 0.1, 2),
              parts[0],
              parts[1],
              parts[2],
              attended[0],
              attended[1],
              ofResidual[0],
              random.state());
      Tensor ofJoined =
          run(
              new AttentionOp.RotarySplitGradient(HEADS),
              ofAttention[0],
              ofAttention[1],
              ofAttention[2],
              table,
              table)[0];
      Tensor joinedRows = Ops.reshape(ofJoined, B * N, 3 * D);
      Tensor ofJoint = Ops.matmul(joinedRows, true, Ops.reshape(normal, B * N, D), false);
      Tensor ofNormal = Ops.reshape(Ops.matmul(joinedRows, joint), B, N, D);
      Tensor[] ofModulated =
          run(new Normalization.RmsNormModulateGradient(1e-6), x, scale, ofNormal);
      Tensor ofX = Ops.reshape(ofModulated[0], B * N, D);
      Tensor ofEmbed = Ops.matmul(ofX, true, Ops.reshape(noisy, B * N, C), false);
      Tensor ofBias = Ops.sumTo(ofX, Shape.of(D));
      Tensor[] gradients = {ofLoss[0], ofEmbed, ofBias, ofJoint, ofOut, ofModulated[1]};

      int count = parameters.size();
      Tensor[] operands = new Tensor[2 + 5 * count];
      operands[0] = control;
      operands[1] = Ops.globalNorm(gradients);
      for (int i = 0; i < count; i++) {
        operands[2 + i] = parameters.get(i);
        operands[2 + count + i] = gradients[i];
      }
      System.arraycopy(moments, 0, operands, 2 + 2 * count, 3 * count);
      run(new Optimization.AdamW(count, 0, 0.9, 0.95, 1e-8, 0.02, 1, 0.999), operands);
    }
  }

  /** Replays until nothing is allocated, or gives up; prints the least bytes of a replay. */
  public static void main(String[] arguments) {
    System.out.println("least " + new FastReplayTest().leastAllocation());
  }

  private long leastAllocation() {
    try (Scope _ = Scope.open();
        Random random = new Random(5)) {
      parameter(N, N);
      parameter(D, C);
      parameter(D);
      parameter(3 * D, D);
      parameter(C, D);
      parameter(B, N / CELL, D);
      Tensor images = Ops.sin(Ops.scale(random.normal(DType.F32, B, N, C), 3));
      Tensor control = Tensor.of(new float[] {1e-3f, 0.1f, 0.05f}, 3);
      Tensor[] moments = new Tensor[3 * parameters.size()];
      for (int i = 0; i < moments.length; i++) {
        moments[i] = Ops.fillLike(parameters.get(i % parameters.size()), 0);
      }
      Tensor loss = Tensor.zeros(DType.F32);
      try (Program program = Program.capture(() -> step(random, images, control, moments, loss))) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        // Until the compiler has seen them, vectors are objects.
        for (int replay = 0; replay < MOST_REPLAYS && least >= ALLOWED; replay++) {
          long before = threads.getTotalThreadAllocatedBytes();
          program.replay();
          least = Math.min(least, threads.getTotalThreadAllocatedBytes() - before);
          if (replay % 50 == 49) {
            // On a busy machine the compiler's threads would else wait for ours.
            LockSupport.parkNanos(5_000_000);
          }
        }
        assertThat(loss.item()).isFinite();
        return least;
      }
    }
  }

  /**
   * In a process of its own: what other tests make the compiler believe would count here too. The
   * order in which a busy machine compiles decides whether vectors stay off the heap, so a few
   * processes may try; the law is that a replay itself needs no heap.
   */
  @Test
  void replayAllocatesNothing() throws IOException, InterruptedException {
    long least = Long.MAX_VALUE;
    for (int attempt = 0; attempt < 5 && least >= ALLOWED; attempt++) {
      least = Math.min(least, leastAllocationOfAProcess());
    }
    assertThat(least).isLessThan(ALLOWED);
  }

  private static long leastAllocationOfAProcess() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                FastReplayTest.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    Matcher least = Pattern.compile("least (\\d+)").matcher(output);
    assertThat(least.find()).as(output).isTrue();
    return Long.parseLong(least.group(1));
  }
}
