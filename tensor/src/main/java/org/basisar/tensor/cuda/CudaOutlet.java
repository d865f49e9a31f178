package org.basisar.tensor.cuda;

import java.lang.foreign.MemorySegment;
import org.basisar.gpu.GpuStream;
import org.basisar.tensor.HostArrays;
import org.basisar.tensor.Outlet;
import org.basisar.tensor.Tensor;

/** Scalars on their way to page-locked memory, behind what the compute stream was given so far. */
final class CudaOutlet implements Outlet {
  private static final long PLACE_BYTES = 8;

  private final GpuStream compute;
  private final Tensor[] sources;
  private final PinnedBuffer places;

  CudaOutlet(CudaContext context, Tensor[] sources) {
    compute = context.stream();
    this.sources = sources;
    places = PinnedBuffer.of(context.gpu(), sources.length * PLACE_BYTES);
  }

  private MemorySegment place(int index) {
    return places.segment().asSlice(index * PLACE_BYTES, sources[index].dtype().bytes());
  }

  @Override
  public void start() {
    for (int i = 0; i < sources.length; i++) {
      compute.copyToHost(place(i), CudaContext.address(sources[i]), sources[i].dtype().bytes());
    }
    compute.record(places.done());
  }

  @Override
  public double value(int index) {
    places.done().synchronize();
    Object host = HostArrays.create(sources[index].dtype(), 1);
    HostMemory.segment(host).copyFrom(place(index));
    return HostArrays.toDoubles(sources[index].dtype(), host)[0];
  }

  @Override
  public void close() {
    places.close();
  }
}
