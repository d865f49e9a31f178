package org.basisar.tensor.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.basisar.gpu.GpuStream;
import org.basisar.gpu.sim.SimulatedGpu;
import org.junit.jupiter.api.Test;

final class DeviceTablesTest {
  @Test
  void equalContentsShareATableAndOthersDoNot() {
    try (SimulatedGpu gpu = SimulatedGpu.create()) {
      DeviceTables tables = new DeviceTables(gpu, gpu.newStream());
      DeviceTables.Table first = tables.of(new long[] {1, 2, 3});
      DeviceTables.Table other = tables.of(new long[] {1, 2, 4});
      assertThat(tables.of(new long[] {1, 2, 3})).isSameAs(first);
      assertThat(gpu.statistics().allocations()).isEqualTo(2);
      assertThat(other.address()).isNotEqualTo(first.address());
    }
  }

  @Test
  void contentsAreOnTheDevice() {
    try (SimulatedGpu gpu = SimulatedGpu.create();
        Arena arena = Arena.ofConfined()) {
      GpuStream stream = gpu.newStream();
      DeviceTables.Table table =
          new DeviceTables(gpu, stream).of(new long[] {Long.MIN_VALUE, 0, 77});
      MemorySegment host = arena.allocate(24, 8);
      stream.copyToHost(host, table.address(), 24);
      stream.synchronize();
      assertThat(host.toArray(ValueLayout.JAVA_LONG)).containsExactly(Long.MIN_VALUE, 0, 77);
    }
  }
}
