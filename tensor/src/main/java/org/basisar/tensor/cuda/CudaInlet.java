package org.basisar.tensor.cuda;

import java.lang.foreign.MemorySegment;
import org.basisar.gpu.GpuEvent;
import org.basisar.gpu.GpuStream;
import org.basisar.tensor.DType;
import org.basisar.tensor.Inlet;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;

/**
 * Values on their way to the device: from page-locked memory to a landing place on the copy stream,
 * while the compute stream is busy, and from there into the tensors on the compute stream. So every
 * tensor is touched by the compute stream alone, which is what the pools rely on. Of staging and
 * landing there are two each, in turn; events order who uses them:
 *
 * <ul>
 *   <li>the host fills staging once the copy from it, two sends ago, is done;
 *   <li>that copy begins once the landing place was emptied, two arrivals ago;
 *   <li>the compute stream empties the landing place once the copy into it is done.
 * </ul>
 */
final class CudaInlet implements Inlet {
  private static final int ALIGNMENT = 256;

  /** Staging, whose event marks that its copy is done, and the landing place of that copy. */
  private record Slot(PinnedBuffer staging, long landing, GpuEvent emptied) {}

  private final GpuStream compute;
  private final GpuStream copies;
  private final Tensor[] targets;
  private final int[] starts;
  private final int bytes;
  private final Tensor landing; // [2·bytes]
  private final Slot[] slots = new Slot[2];
  private int current;
  private boolean filling;
  private int latest; // the slot that was sent last

  CudaInlet(CudaContext context, Tensor[] targets) {
    compute = context.stream();
    copies = context.copies();
    this.targets = targets;
    starts = new int[targets.length];
    int end = 0;
    for (int i = 0; i < targets.length; i++) {
      starts[i] = end;
      int size = Math.multiplyExact(targets[i].size(), targets[i].dtype().bytes());
      end = Math.addExact(end, Math.ceilDiv(size, ALIGNMENT) * ALIGNMENT);
    }
    bytes = Math.max(ALIGNMENT, end);
    int both = Math.multiplyExact(2, bytes);
    landing = targets[0].device().call(() -> Scope.outside(() -> Tensor.zeros(DType.U8, both)));
    for (int i = 0; i < slots.length; i++) {
      GpuEvent emptied = context.gpu().newEvent();
      // Whoever had the landing place's memory before may not be done with it.
      compute.record(emptied);
      slots[i] =
          new Slot(
              PinnedBuffer.of(context.gpu(), bytes),
              CudaContext.address(landing) + (long) i * bytes,
              emptied);
    }
  }

  @Override
  public void put(int target, Object host, int hostOffset) {
    if (!filling) {
      filling = true;
      current = 1 - current;
      slots[current].staging().done().synchronize();
    }
    long size = size(target);
    MemorySegment from = HostMemory.segment(host);
    long offset = (long) hostOffset * targets[target].dtype().bytes();
    slots[current]
        .staging()
        .segment()
        .asSlice(starts[target], size)
        .copyFrom(from.asSlice(offset, size));
  }

  private long size(int target) {
    return (long) targets[target].size() * targets[target].dtype().bytes();
  }

  @Override
  public void send() {
    filling = false;
    latest = current;
    Slot slot = slots[latest];
    copies.waitFor(slot.emptied());
    copies.copyToDevice(slot.landing(), slot.staging().segment(), bytes);
    copies.record(slot.staging().done());
  }

  @Override
  public void arrive(boolean[] sent) {
    Slot slot = slots[latest];
    compute.waitFor(slot.staging().done());
    for (int i = 0; i < targets.length; i++) {
      if (sent[i] && targets[i].size() > 0) {
        compute.copy(CudaContext.address(targets[i]), slot.landing() + starts[i], size(i));
      }
    }
    compute.record(slot.emptied());
  }

  @Override
  public void close() {
    for (Slot slot : slots) {
      slot.staging().close();
      slot.emptied().close();
    }
    landing.close();
  }
}
