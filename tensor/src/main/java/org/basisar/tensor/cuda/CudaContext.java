package org.basisar.tensor.cuda;

import java.util.ArrayList;
import java.util.List;
import org.basisar.gpu.Blas;
import org.basisar.gpu.ElementType;
import org.basisar.gpu.Gpu;
import org.basisar.gpu.GpuStream;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;
import org.basisar.kernels.elementwise.FillKernel;
import org.basisar.tensor.DType;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Tensor;

/** What binding an operation needs: device, streams, kernels, and scratch memory. */
final class CudaContext {
  private final Gpu gpu;
  private final GpuStream stream;
  private final GpuStream copies;
  private final KernelLibrary kernels;
  private final DeviceTables tables;
  private final List<Long> scratchBlocks = new ArrayList<>();
  private long scratchBytes;
  private long allScratchBytes;

  CudaContext(Gpu gpu) {
    this.gpu = gpu;
    this.stream = gpu.newStream();
    this.copies = gpu.newStream();
    this.kernels = new KernelLibrary(gpu);
    this.tables = new DeviceTables(gpu, stream);
  }

  Gpu gpu() {
    return gpu;
  }

  /** The compute stream: whatever touches a tensor's memory is enqueued here. */
  GpuStream stream() {
    return stream;
  }

  /** The copy stream, for transfers from the host beside the compute stream. */
  GpuStream copies() {
    return copies;
  }

  KernelLibrary kernels() {
    return kernels;
  }

  DeviceTables tables() {
    return tables;
  }

  Blas blas() {
    return gpu.blas();
  }

  /** Address of a dense tensor's first element. */
  static long address(Tensor tensor) {
    DeviceMemory memory = (DeviceMemory) tensor.storage().memory();
    return memory.address() + (long) tensor.offset() * tensor.dtype().bytes();
  }

  /** The dtype as kernels name it. */
  static ElementType type(DType dtype) {
    return switch (dtype) {
      case F64 -> ElementType.F64;
      case F32 -> ElementType.F32;
      case BF16 -> ElementType.BF16;
      case I32 -> ElementType.I32;
      case U8 -> ElementType.U8;
    };
  }

  /** A launch on the compute stream. */
  Launch launch(KernelLaunch kernel) {
    return () -> kernel.run(stream);
  }

  /** Several launches, one after the other. */
  Launch launches(List<KernelLaunch> kernels) {
    return launches(kernels.toArray(new KernelLaunch[0]));
  }

  /** Several launches, one after the other. */
  Launch launches(KernelLaunch... kernels) {
    return () -> {
      for (KernelLaunch kernel : kernels) {
        kernel.run(stream);
      }
    };
  }

  /** A launch that sets every element of a tensor that has some. */
  Launch fill(Tensor tensor, double value) {
    return launch(
        FillKernel.prepare(kernels, type(tensor.dtype()), address(tensor), tensor.size(), value));
  }

  /** A launch that does nothing, for operations on no elements. */
  static Launch nothing() {
    return () -> {};
  }

  /**
   * Memory for intermediate results within one operation. All operations share it, which is right
   * because the stream runs them one after the other; launches that hold an older, smaller block
   * keep using that one. The address of no bytes is 0.
   */
  long scratch(long bytes) {
    if (bytes > scratchBytes) {
      long wanted = Math.max(1 << 20, Long.highestOneBit(bytes - 1) << 1);
      scratchBlocks.add(gpu.allocate(wanted));
      scratchBytes = wanted;
      allScratchBytes += wanted;
    }
    return bytes == 0 ? 0 : scratchBlocks.getLast();
  }

  /** Bytes of all scratch memory, with the blocks that older launches are bound to. */
  long scratchBytes() {
    return allScratchBytes;
  }
}
