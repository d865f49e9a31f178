package org.basisar.gpu.sim;

import org.basisar.gpu.GpuException;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.gpu.PtxSignature;

/** A kernel bound to a simulated device. */
final class SimulatedKernel implements GpuKernel {
  /** What every device grants a block. */
  private static final int ORDINARY_SHARED_BYTES = 48 * 1024;

  /** What a device of compute capability 8.0 grants a block that asks for it. */
  private static final int MOST_SHARED_BYTES = 163 * 1024;

  private static final int STATUS_INVALID = 1;

  private final SimulatedGpu gpu;
  private final PtxSignature signature;
  private final Program program;
  private int allowedShared;

  SimulatedKernel(SimulatedGpu gpu, PtxSignature signature, Program program) {
    this.gpu = gpu;
    this.signature = signature;
    this.program = program;
  }

  @Override
  public String name() {
    return program.function.name();
  }

  @Override
  public PtxSignature signature() {
    return signature;
  }

  @Override
  public synchronized void allowSharedBytes(int bytes) {
    int most = MOST_SHARED_BYTES - program.staticSharedBytes;
    if (bytes > most) {
      throw new GpuException(
          "%s: %d bytes of dynamic shared memory, the device has %d".formatted(name(), bytes, most),
          STATUS_INVALID);
    }
    allowedShared = bytes;
  }

  boolean belongsTo(SimulatedGpu device) {
    return gpu == device;
  }

  Program program() {
    return program;
  }

  /** Checks a launch against what the kernel and a device allow. */
  synchronized void check(Grid grid) {
    int threads = grid.threadsX() * grid.threadsY() * grid.threadsZ();
    if (threads > program.function.mostThreads()) {
      throw new GpuException(
          "%s: %d threads a block, compiled for %d at most"
              .formatted(name(), threads, program.function.mostThreads()),
          STATUS_INVALID);
    }
    int shared = program.staticSharedBytes + grid.sharedBytes();
    boolean allowed = shared <= ORDINARY_SHARED_BYTES || grid.sharedBytes() <= allowedShared;
    if (grid.sharedBytes() < 0 || !allowed) {
      throw new GpuException(
          "%s: %d bytes of shared memory a block need allowSharedBytes first"
              .formatted(name(), shared),
          STATUS_INVALID);
    }
  }

  /** The block of parameters as the device code sees it. */
  byte[] pack(Parameters parameters) {
    byte[] block = new byte[program.function.parameterBytes()];
    for (int i = 0; i < parameters.size(); i++) {
      PtxFunction.Parameter parameter = program.function.parameters().get(i);
      if (parameters.kind(i).bytes() == 8) {
        Memory.LONGS.set(block, parameter.offset(), parameters.bits(i));
      } else {
        Memory.INTS.set(block, parameter.offset(), (int) parameters.bits(i));
      }
    }
    return block;
  }
}
