package org.basisar.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.basisar.tensor.Basis;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What kernels keep beside tensors is counted, and is little. */
final class WorkSpaceTest {
  private static final int N = 65;
  private static final long MATRIX = (long) N * N * Float.BYTES;

  private final int before = Workers.threads();

  @BeforeEach
  void alone() {
    Workers.configure(1);
    Device.CPU.trim();
  }

  @AfterEach
  void restore() {
    Workers.configure(before);
  }

  private static void residual(int images, boolean gradient) {
    try (Scope _ = Scope.open()) {
      Tensor a = Ops.fill(Shape.of(N, N), DType.F32, 0.5);
      Tensor x = Ops.fill(Shape.of(images, N, 12), DType.F32, 1);
      Tensor prediction = Ops.fill(Shape.of(images, N, 12), DType.F32, 2);
      Engine.run(new Basis.ResidualLoss(), a, x, prediction);
      if (gradient) {
        Tensor one = Ops.fill(Shape.SCALAR, DType.F32, 1);
        Engine.run(new Basis.ResidualLossGradient(), a, x, prediction, one);
      }
    }
  }

  private static long bytesOf(int images, boolean gradient) {
    Device.CPU.trim();
    assertThat(Device.CPU.workBytes()).isZero();
    residual(images, gradient);
    return Device.CPU.workBytes();
  }

  @Test
  void theResidualLossKeepsTwoMatricesWhateverTheBatch() {
    Scratch scratch = Scratch.ofThread();
    residual(64, true);
    long whole = Device.CPU.workBytes();
    assertThat(scratch.floats(Scratch.WORK, 0)).hasSize(N * N);
    assertThat(scratch.floats(Scratch.WORK + 1, 0)).hasSize(N * N);
    assertThat(bytesOf(512, true) - whole).isLessThan(MATRIX / 2);
  }

  @Test
  void lossAndGradientShareTheirs() {
    // The gradient packs A for whole images, which the loss need not.
    long packed = (N + FloatTile.ROWS) * (long) N * Float.BYTES;
    assertThat(bytesOf(9, true) - bytesOf(9, false)).isLessThan(packed + MATRIX);
    long once = bytesOf(9, true);
    residual(9, true);
    assertThat(Device.CPU.workBytes()).isEqualTo(once);
  }

  @Test
  void heldMemoryHasTheWorkSpace() {
    Device.CPU.watchPeak();
    long peak = Device.CPU.peakHeldBytes();
    long held = Device.CPU.heldBytes();
    residual(2, false);
    long work = Device.CPU.workBytes();
    assertThat(work).isGreaterThan(2 * MATRIX);
    assertThat(Device.CPU.heldBytes()).isEqualTo(held + work);
    assertThat(Device.CPU.peakHeldBytes())
        .isGreaterThanOrEqualTo(peak + work + 2 * 2L * N * 12 * 4);
  }

  @Test
  void otherThreadsBuffersAreCountedAndLetGo() throws InterruptedException {
    float[][] held = new float[1][];
    Thread other = new Thread(() -> held[0] = Scratch.ofThread().floats(0, 12_345));
    other.start();
    other.join();
    // A thread's buffers are the thread's: gone with it at the latest when they are let go of.
    Device.CPU.trim();
    assertThat(Device.CPU.workBytes()).isZero();
    assertThat(held[0]).hasSize(12_345);
    Workers.configure(3);
    residual(64, true);
    assertThat(Device.CPU.workBytes()).isGreaterThan(bytesOfOneThread());
  }

  private static long bytesOfOneThread() {
    Workers.configure(1);
    return bytesOf(64, true);
  }
}
