package org.basisar.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.basisar.gpu.GpuEvent;
import org.basisar.gpu.GpuException;
import org.basisar.gpu.GpuGraph;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.GpuModule;
import org.basisar.gpu.GpuOutOfMemoryException;
import org.basisar.gpu.GpuStream;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.gpu.PinnedMemory;
import org.junit.jupiter.api.Test;

final class SimulatedGpuTest {

  @Test
  void memoryHasABudget() {
    try (SimulatedGpu gpu = SimulatedGpu.create(1000)) {
      long first = gpu.allocate(600);
      assertThatThrownBy(() -> gpu.allocate(500))
          .isInstanceOf(GpuOutOfMemoryException.class)
          .hasMessageContaining("600 of 1,000 are held by 1 blocks");
      gpu.free(first);
      long second = gpu.allocate(500);

      assertThat(second).isNotEqualTo(first).matches(address -> address % 256 == 0);
      assertThat(gpu.statistics().outstandingBytes()).isEqualTo(500);
      assertThat(gpu.statistics().peakBytes()).isEqualTo(600);
      assertThat(gpu.statistics().allocations()).isEqualTo(2);
      assertThat(gpu.outstanding()).containsExactly(new SimulatedGpu.Allocation(second, 500, 2));
      assertThat(gpu.properties().totalBytes()).isEqualTo(1000);
    }
  }

  @Test
  void allocationsFailOnDemand() {
    try (SimulatedGpu gpu = SimulatedGpu.create().failAllocation(2)) {
      gpu.allocate(1);
      assertThatThrownBy(() -> gpu.allocate(7))
          .isInstanceOfSatisfying(
              GpuOutOfMemoryException.class, e -> assertThat(e.requestedBytes()).isEqualTo(7));
      gpu.allocate(1);
      assertThat(gpu.outstanding()).hasSize(2);
    }
  }

  @Test
  void mistakesOfTheHostAreFaults() {
    try (SimulatedGpu gpu = SimulatedGpu.create()) {
      GpuStream stream = gpu.newStream();
      long block = gpu.allocate(16);
      assertThatThrownBy(() -> gpu.free(block + 1)).isInstanceOf(GpuException.class);
      assertThatThrownBy(() -> stream.fill(block, (byte) 1, 17))
          .isInstanceOf(KernelFaultException.class)
          .hasMessageContaining("out of bounds");
      assertThatThrownBy(() -> stream.fill(block - 1, (byte) 1, 2))
          .isInstanceOf(KernelFaultException.class);
      gpu.free(block);
      assertThatThrownBy(() -> stream.fill(block, (byte) 1, 1))
          .isInstanceOf(KernelFaultException.class)
          .hasMessageContaining("memory that was freed");
      assertThatThrownBy(() -> gpu.free(block)).isInstanceOf(GpuException.class);
      assertThatThrownBy(() -> gpu.allocate(0)).isInstanceOf(GpuException.class);
    }
  }

  @Test
  void copiesGoThroughPinnedMemory() {
    try (SimulatedGpu gpu = SimulatedGpu.create();
        PinnedMemory pinned = gpu.allocatePinned(64)) {
      GpuStream stream = gpu.newStream();
      long first = gpu.allocate(64);
      long second = gpu.allocate(64);
      MemorySegment host = pinned.segment();
      for (int i = 0; i < 64; i++) {
        host.set(ValueLayout.JAVA_BYTE, i, (byte) (3 * i));
      }
      stream.copyToDevice(first, host, 64);
      stream.fill(second, (byte) 7, 64);
      stream.copy(second + 16, first + 8, 32);
      byte[] back = new byte[64];
      stream.copyToHost(MemorySegment.ofArray(back), second, 64);

      for (int i = 0; i < 64; i++) {
        boolean copied = i >= 16 && i < 48;
        assertThat(back[i]).isEqualTo(copied ? (byte) (3 * (i - 8)) : 7);
      }
      assertThatThrownBy(() -> stream.copy(first + 1, first, 2)).hasMessageContaining("overlap");
    }
  }

  @Test
  void strictReadsRefuseWhatWasNeverWritten() {
    try (SimulatedGpu gpu = SimulatedGpu.create()) {
      GpuStream stream = gpu.newStream();
      long block = gpu.allocate(16);
      stream.fill(block, (byte) 1, 8);
      byte[] back = new byte[16];
      stream.copyToHost(MemorySegment.ofArray(back), block, 16);
      gpu.strictReads(true);

      stream.copyToHost(MemorySegment.ofArray(back), block, 8);
      assertThatThrownBy(() -> stream.copyToHost(MemorySegment.ofArray(back), block, 9))
          .isInstanceOf(KernelFaultException.class)
          .hasMessageContaining("never-written bytes at allocation 1+8");
    }
  }

  private static final String KERNEL =
      """
      .version 7.1
      .target sm_80
      .address_size 64
      .visible .entry increment(.param .u64 p, .param .u32 by) .maxntid 64, 1, 1
      {
      .reg .b64 %p;
      .reg .b32 %x, %y;
      ld.param.u64 %p, [p];
      ld.param.u32 %y, [by];
      ld.global.u32 %x, [%p];
      add.u32 %x, %x, %y;
      st.global.u32 [%p], %x;
      ret;
      }
      """;

  @Test
  void graphsRecordAndReplay() {
    try (SimulatedGpu gpu = SimulatedGpu.create()) {
      GpuStream stream = gpu.newStream();
      GpuKernel kernel = gpu.load("k.ptx", KERNEL).kernel("increment");
      long cell = gpu.allocate(4);
      int[] host = new int[1];
      stream.beginCapture();
      stream.fill(cell, (byte) 0, 4);
      for (int i = 1; i <= 3; i++) {
        stream.launch(kernel, Grid.linear(1, 1), new Parameters(kernel).pointer(cell).int32(i));
      }
      assertThatThrownBy(() -> gpu.allocate(1)).hasMessageContaining("while a stream records");
      assertThatThrownBy(stream::synchronize).isInstanceOf(GpuException.class);
      GpuGraph graph = stream.endCapture();
      assertThat(gpu.statistics().launches()).isZero();

      graph.launch(stream);
      graph.launch(stream);

      stream.copyToHost(MemorySegment.ofArray(host), cell, 4);
      assertThat(graph.size()).isEqualTo(4);
      assertThat(host[0]).isEqualTo(6);
      assertThat(gpu.statistics().launches()).isEqualTo(6);
      assertThat(gpu.statistics().warpInstructions()).isEqualTo(36);
      assertThat(gpu.allocate(1)).isPositive();
    }
  }

  @Test
  void launchesAreChecked() {
    try (SimulatedGpu gpu = SimulatedGpu.create()) {
      GpuStream stream = gpu.newStream();
      GpuModule module = gpu.load("k.ptx", KERNEL);
      GpuKernel kernel = module.kernel("increment");
      Parameters good = new Parameters(kernel).pointer(gpu.allocate(4)).int32(1);

      assertThatIllegalArgumentException()
          .isThrownBy(
              () -> stream.launch(kernel, Grid.linear(1, 1), new Parameters(kernel).pointer(8)))
          .withMessageContaining("takes 2 arguments, 1 were given");
      assertThatIllegalArgumentException()
          .isThrownBy(() ->
              stream.launch(
                  kernel, Grid.linear(1, 1), new Parameters(kernel).pointer(8).float32(1)))
          .withMessageContaining("parameter 1 is .u32");
      assertThatThrownBy(() -> stream.launch(kernel, Grid.linear(1, 65), good))
          .hasMessage("increment: 65 threads a block, compiled for 64 at most");
      assertThatThrownBy(() -> stream.launch(kernel, Grid.linear(1, 1).withShared(50_000), good))
          .hasMessageContaining("allowSharedBytes");
      assertThatThrownBy(() -> kernel.allowSharedBytes(200_000))
          .hasMessageContaining("the device has");
      assertThatThrownBy(() -> stream.launch(kernel, Grid.linear(1, 1), good))
          .isInstanceOfSatisfying(
              KernelFaultException.class,
              e -> {
                assertThat(e.kernel()).isEqualTo("increment");
                assertThat(e.ptxLine()).isEqualTo(10);
                assertThat(e.reason()).isEqualTo("read of never-written bytes at allocation 1+0");
              });
      assertThatThrownBy(() -> module.kernel("decrement"))
          .hasMessage("k.ptx has no kernel decrement; it has [increment]");
    }
  }

  @Test
  void unknownInstructionsFailOnLoading() {
    try (SimulatedGpu gpu = SimulatedGpu.create()) {
      assertThatThrownBy(() -> gpu.load("k.ptx", KERNEL.replace("add.u32", "wgmma.fence")))
          .isInstanceOf(GpuException.class)
          .hasMessage(
              "k.ptx: line 11, wgmma.fence:"
                  + " this form is not supported by the simulated device");
      assertThatThrownBy(() -> gpu.load("k.ptx", KERNEL.replace("%y, [by]", "%z, [by]")))
          .hasMessageContaining("there is no register %z");
      assertThatThrownBy(() -> gpu.load("k.ptx", KERNEL.replace("ret;\n}", "ret;\n")))
          .hasMessageContaining("the text ends too early");
    }
  }

  @Test
  void eventsMeasure() {
    try (SimulatedGpu gpu = SimulatedGpu.create()) {
      GpuStream stream = gpu.newStream();
      GpuEvent before = gpu.newEvent();
      GpuEvent after = gpu.newEvent();
      stream.record(before);
      stream.waitFor(before);
      assertThatThrownBy(() -> after.millisecondsSince(before)).isInstanceOf(GpuException.class);
      stream.record(after);
      assertThat(after.millisecondsSince(before)).isNotNegative();
      assertThat(after.isDone()).isTrue();
    }
  }
}
