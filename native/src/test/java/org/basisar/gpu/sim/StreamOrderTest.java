package org.basisar.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.basisar.gpu.GpuEvent;
import org.basisar.gpu.GpuException;
import org.basisar.gpu.GpuStream;
import org.basisar.gpu.PinnedMemory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Work of two streams in every order, with and without the events that order it. */
final class StreamOrderTest {
  private final SimulatedGpu gpu = SimulatedGpu.create();
  private final GpuStream compute = gpu.newStream();
  private final GpuStream copies = gpu.newStream();
  private final GpuEvent sent = gpu.newEvent();
  private final GpuEvent taken = gpu.newEvent();
  private final PinnedMemory staging = gpu.allocatePinned(1);
  private final PinnedMemory results = gpu.allocatePinned(8);
  private final long landing = gpu.allocate(1);
  private final long cell = gpu.allocate(1);

  @AfterEach
  void close() {
    gpu.close();
  }

  private void stage(int value) {
    staging.segment().set(ValueLayout.JAVA_BYTE, 0, (byte) value);
  }

  private int result(int index) {
    return results.segment().get(ValueLayout.JAVA_BYTE, index);
  }

  private void readInto(int index) {
    MemorySegment target = results.segment().asSlice(index, 1);
    compute.copyToHost(target, cell, 1);
  }

  /** Sends three values through one landing place and reads each back. */
  private int[] threeValues() {
    compute.fill(landing, (byte) -1, 1);
    compute.record(taken);
    for (int i = 0; i < 3; i++) {
      sent.synchronize();
      stage(10 + i);
      copies.waitFor(taken);
      copies.copyToDevice(landing, staging.segment(), 1);
      copies.record(sent);
      compute.waitFor(sent);
      compute.copy(cell, landing, 1);
      compute.record(taken);
      readInto(i);
    }
    compute.synchronize();
    return new int[] {result(0), result(1), result(2)};
  }

  @ParameterizedTest
  @EnumSource
  void eventsMakeEveryOrderRight(StreamOrder order) {
    gpu.streamOrder(order);
    assertThat(threeValues()).containsExactly(10, 11, 12);
  }

  @Test
  void lateWorkShowsThatNobodyWaitedForACopy() {
    gpu.streamOrder(StreamOrder.LATE).ignoreWaits(true, false);
    assertThat(threeValues()).containsExactly(-1, -1, -1);
  }

  @Test
  void earlyUploadsShowThatNobodyWaitedForAReader() {
    gpu.streamOrder(StreamOrder.UPLOADS_EARLY).ignoreWaits(true, false);
    assertThat(threeValues()).doesNotContain(10, 11);
  }

  @Test
  void lateWorkShowsThatStagingWasUsedAgainTooSoon() {
    gpu.streamOrder(StreamOrder.LATE).ignoreWaits(false, true);
    assertThat(threeValues()).containsExactly(12, 12, 12);
  }

  @Test
  void lateWorkShowsThatAResultWasReadTooSoon() {
    gpu.streamOrder(StreamOrder.LATE);
    compute.fill(cell, (byte) 5, 1);
    readInto(0);
    assertThat(result(0)).isZero();
    compute.record(sent);
    assertThat(sent.isDone()).isFalse();
    assertThatThrownBy(() -> sent.millisecondsSince(sent))
        .isInstanceOf(GpuException.class)
        .hasMessageContaining("not been reached");
    sent.synchronize();
    assertThat(sent.isDone()).isTrue();
    assertThat(result(0)).isEqualTo(5);
  }

  @Test
  void aWaitIsForTheRecordingThatWasTheLastOne() {
    gpu.streamOrder(StreamOrder.LATE);
    compute.fill(landing, (byte) 1, 1);
    compute.record(sent);
    copies.waitFor(sent);
    copies.copy(cell, landing, 1);
    compute.fill(landing, (byte) 2, 1);
    compute.record(sent);
    copies.synchronize();
    readInto(0);
    compute.synchronize();
    assertThat(result(0)).isEqualTo(1);
  }

  @Test
  void anEventThatWasNeverRecordedHoldsNobodyUp() {
    gpu.streamOrder(StreamOrder.LATE);
    copies.waitFor(taken);
    taken.synchronize();
    copies.synchronize();
    assertThat(taken.isDone()).isTrue();
  }

  @Test
  void waitingForOneStreamRunsNoOther() {
    gpu.streamOrder(StreamOrder.LATE);
    compute.fill(landing, (byte) 3, 1);
    compute.fill(cell, (byte) 3, 1);
    copies.fill(cell, (byte) 4, 1);
    compute.synchronize();
    readInto(0);
    compute.synchronize();
    assertThat(result(0)).isEqualTo(3);
    gpu.synchronize();
    readInto(1);
    compute.synchronize();
    assertThat(result(1)).isEqualTo(4);
  }

  @Test
  void memoryThatPendingWorkUsesMustNotBeFreed() {
    gpu.streamOrder(StreamOrder.LATE);
    compute.fill(cell, (byte) 1, 1);
    gpu.free(cell);
    assertThatThrownBy(compute::synchronize)
        .isInstanceOf(KernelFaultException.class)
        .hasMessageContaining("memory that was freed");
    compute.synchronize();
  }

  @Test
  void graphsTakeNoEvents() {
    compute.beginCapture();
    assertThatThrownBy(() -> compute.record(sent)).isInstanceOf(GpuException.class);
    assertThatThrownBy(() -> compute.waitFor(sent)).isInstanceOf(GpuException.class);
    compute.endCapture();
  }

  @Test
  void closingAStreamRunsWhatIsPending() {
    gpu.streamOrder(StreamOrder.LATE);
    copies.fill(cell, (byte) 6, 1);
    copies.close();
    readInto(0);
    compute.synchronize();
    assertThat(result(0)).isEqualTo(6);
  }

  @Test
  void anEarlyUploadStaysBehindTheWaitThatItsStreamIsIn() {
    gpu.streamOrder(StreamOrder.UPLOADS_EARLY);
    compute.fill(landing, (byte) 1, 1);
    compute.record(taken);
    compute.copy(cell, landing, 1);
    GpuEvent read = gpu.newEvent();
    compute.record(read);
    stage(9);
    copies.waitFor(read);
    copies.copyToDevice(landing, staging.segment(), 1);
    // On its way to the second mark the first one is reached.
    copies.synchronize();
    readInto(0);
    compute.synchronize();
    assertThat(result(0)).isEqualTo(1);
  }
}
