package org.basisar.tensor.cuda;

import java.util.function.UnaryOperator;
import org.basisar.gpu.Blas;
import org.basisar.gpu.Gpu;
import org.basisar.gpu.GpuEvent;
import org.basisar.gpu.GpuModule;
import org.basisar.gpu.GpuProperties;
import org.basisar.gpu.GpuStream;
import org.basisar.gpu.PinnedMemory;
import org.basisar.gpu.Solver;

/** A GPU that loads one module with a mistake in it. */
record MutatedGpu(Gpu gpu, String module, UnaryOperator<String> mistake) implements Gpu {
  @Override
  public GpuModule load(String name, String ptx) {
    return gpu.load(name, name.equals(module + ".ptx") ? mistake.apply(ptx) : ptx);
  }

  @Override
  public GpuProperties properties() {
    return gpu.properties();
  }

  @Override
  public long allocate(long bytes) {
    return gpu.allocate(bytes);
  }

  @Override
  public void free(long address) {
    gpu.free(address);
  }

  @Override
  public PinnedMemory allocatePinned(long bytes) {
    return gpu.allocatePinned(bytes);
  }

  @Override
  public GpuStream newStream() {
    return gpu.newStream();
  }

  @Override
  public GpuEvent newEvent() {
    return gpu.newEvent();
  }

  @Override
  public Blas blas() {
    return gpu.blas();
  }

  @Override
  public Solver solver() {
    return gpu.solver();
  }

  @Override
  public void synchronize() {
    gpu.synchronize();
  }

  @Override
  public void close() {
    gpu.close();
  }
}
