package org.basisar.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.basisar.gpu.GpuOutOfMemoryException;
import org.basisar.tensor.cpu.CpuBackend;
import org.junit.jupiter.api.Test;

/** What happens when a device runs out of memory, on a processor with a budget. */
final class ExhaustionTest {
  /** The CPU back end, with so many elements to give and no more. */
  private static final class Budgeted implements Backend {
    private final CpuBackend cpu = new CpuBackend();
    private int left;

    Budgeted(int elements) {
      left = elements;
    }

    @Override
    public Object allocate(DType dtype, int elements) {
      if (elements > left) {
        throw new GpuOutOfMemoryException("none left", elements);
      }
      left -= elements;
      return cpu.allocate(dtype, elements);
    }

    @Override
    public long workBytes() {
      return 0;
    }

    @Override
    public void free(Object memory) {
      left += ((float[]) memory).length;
    }

    @Override
    public Launch prepare(Op op, Tensor[] inputs, Tensor[] outputs) {
      return cpu.prepare(op, inputs, outputs);
    }

    @Override
    public String describe() {
      return "a processor with a budget";
    }

    @Override
    public long memoryBytes() {
      return 4L * left;
    }

    @Override
    public void write(Object memory, int offset, Object host, int hostOffset, int count) {
      cpu.write(memory, offset, host, hostOffset, count);
    }

    @Override
    public void read(Object memory, int offset, Object host, int hostOffset, int count) {
      cpu.read(memory, offset, host, hostOffset, count);
    }
  }

  private static void on(Device device, Runnable body) {
    Device before = Device.use(device);
    try (Scope _ = Scope.open()) {
      body.run();
    } finally {
      Device.use(before);
    }
  }

  @Test
  void cachedMemoryIsGivenBackBeforeARequestFails() {
    Device device = new Device("small", new Budgeted(1024));
    on(device, () -> Tensor.zeros(DType.F32, 640));
    assertThat(device.cachedBytes()).isEqualTo(640 * 4);
    on(device, () -> assertThat(Tensor.zeros(DType.F32, 1000).size()).isEqualTo(1000));
    assertThat(device.allocationRetries()).isEqualTo(1);
    assertThat(device.outstandingBytes()).isZero();
  }

  @Test
  void theErrorSaysWhoHoldsTheMemoryAndTheDeviceStaysUsable() {
    Device device = new Device("small", new Budgeted(1024));
    on(
        device,
        () -> {
          Tensor held = Tensor.zeros(DType.F32, 640);
          assertThatThrownBy(() -> Tensor.zeros(DType.F32, 512))
              .isInstanceOf(GpuOutOfMemoryException.class)
              .hasMessageContaining("small has no 0.0 MB left: tensors hold 0.0 MB")
              .hasMessageContaining("0 captured programs");
          assertThat(Ops.add(held.slice(0, 0, 16), held.slice(0, 16, 16)).toFloats())
              .containsOnly(0);
        });
    assertThat(device.outstandingBytes()).isZero();
  }

  @Test
  void programsAreCountedUntilTheyAreClosed() {
    Device device = new Device("small", new Budgeted(4096));
    on(
        device,
        () -> {
          Program program =
              Program.capture(() -> {
                try (Scope _ = Scope.open()) {
                  Tensor.zeros(DType.F32, 640);
                }
              });
          assertThat(device.programBytes()).isEqualTo(640 * 4);
          program.close();
          assertThat(device.programBytes()).isZero();
        });
  }
}
