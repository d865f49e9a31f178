package org.basisar.tensor.cuda;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.basisar.gpu.Gpu;
import org.basisar.gpu.GpuGraph;
import org.basisar.gpu.GpuProperties;
import org.basisar.gpu.GpuStream;
import org.basisar.tensor.Alternative;
import org.basisar.tensor.AttentionOp;
import org.basisar.tensor.Backend;
import org.basisar.tensor.Basis;
import org.basisar.tensor.Convolution;
import org.basisar.tensor.CustomOp;
import org.basisar.tensor.DType;
import org.basisar.tensor.Elementwise;
import org.basisar.tensor.Generation;
import org.basisar.tensor.Inlet;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Matrix;
import org.basisar.tensor.Movement;
import org.basisar.tensor.Normalization;
import org.basisar.tensor.Op;
import org.basisar.tensor.Optimization;
import org.basisar.tensor.Outlet;
import org.basisar.tensor.Reduction;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A GPU, real or simulated, as a device. Launches are enqueued on one compute stream; a copy stream
 * beside it brings what later launches will need.
 */
public final class CudaBackend implements Backend {
  private final CudaContext context;
  private final StagedWrites writes;
  private final StagedReads reads;

  /** A back end on this GPU, which it does not close. */
  public CudaBackend(Gpu gpu) {
    this.context = new CudaContext(gpu);
    this.writes = new StagedWrites(gpu, context.stream());
    this.reads = new StagedReads(gpu, context.stream());
  }

  @Override
  public Object allocate(DType dtype, int elements) {
    long bytes = Math.max(1, (long) elements * dtype.bytes());
    return new DeviceMemory(context.gpu().allocate(bytes), dtype, elements);
  }

  @Override
  public void free(Object memory) {
    // Work that uses the block may still be queued.
    context.stream().synchronize();
    context.gpu().free(((DeviceMemory) memory).address());
  }

  @Override
  public Launch prepare(Op op, Tensor[] inputs, Tensor[] outputs) {
    return switch (op) {
      case Elementwise elementwise ->
          CudaElementwise.prepare(context, elementwise, inputs, outputs);
      case Generation generation -> CudaGeneration.prepare(context, generation, inputs, outputs);
      case Reduction reduction -> CudaReduction.prepare(context, reduction, inputs, outputs);
      case Normalization normalization ->
          CudaNormalization.prepare(context, normalization, inputs, outputs);
      case Optimization optimization ->
          CudaOptimization.prepare(context, optimization, inputs, outputs);
      case Movement movement -> CudaMovement.prepare(context, movement, inputs, outputs);
      case Matrix matrix -> CudaMatrix.prepare(context, matrix, inputs, outputs);
      case AttentionOp attention -> CudaAttention.prepare(context, attention, inputs, outputs);
      case Convolution convolution ->
          CudaConvolution.prepare(context, convolution, inputs, outputs);
      case Basis basis -> CudaBasis.prepare(context, basis, inputs, outputs);
      case CustomOp custom -> CudaCustom.prepare(this, custom, inputs, outputs);
    };
  }

  @Override
  public List<Alternative> alternatives() {
    return List.of(new SimpleReduce(context), new SimpleAdamW(context));
  }

  @Override
  public @Nullable Launch record(List<Launch> launches) {
    if (launches.stream().anyMatch(CudaCustom.HostLaunch.class::isInstance)) {
      return null;
    }
    GpuStream stream = context.stream();
    stream.beginCapture();
    GpuGraph graph;
    try {
      launches.forEach(Launch::run);
    } finally {
      graph = stream.endCapture();
    }
    return () -> graph.launch(stream);
  }

  @Override
  public void synchronize() {
    context.copies().synchronize();
    context.stream().synchronize();
  }

  /** Scratch memory of launches; what cuBLAS takes for itself is not known here. */
  @Override
  public long workBytes() {
    return context.scratchBytes();
  }

  @Override
  public long memoryBytes() {
    return context.gpu().properties().totalBytes();
  }

  @Override
  public String describe() {
    GpuProperties gpu = context.gpu().properties();
    return gpu.name()
        + ", compute capability "
        + gpu.computeMajor()
        + "."
        + gpu.computeMinor()
        + ", "
        + gpu.multiprocessors()
        + " multiprocessors, "
        + context.blas().version();
  }

  @Override
  public synchronized void write(
      Object memory, int offset, Object host, int hostOffset, int count) {
    writes.write(address(memory, offset), bytes(memory, host, hostOffset, count));
  }

  @Override
  public synchronized void read(Object memory, int offset, Object host, int hostOffset, int count) {
    reads.read(address(memory, offset), bytes(memory, host, hostOffset, count));
  }

  private static long address(Object memory, int offset) {
    DeviceMemory block = (DeviceMemory) memory;
    return block.address() + (long) offset * block.dtype().bytes();
  }

  /** Elements of a host array that go to or come from a block. */
  private static MemorySegment bytes(Object memory, Object host, int hostOffset, int count) {
    long size = ((DeviceMemory) memory).dtype().bytes();
    return HostMemory.segment(host).asSlice(hostOffset * size, count * size);
  }

  @Override
  public Inlet inlet(Tensor[] targets) {
    return new CudaInlet(context, targets);
  }

  @Override
  public Outlet outlet(Tensor[] sources) {
    return new CudaOutlet(context, sources);
  }
}
