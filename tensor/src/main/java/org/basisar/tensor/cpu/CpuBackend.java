package org.basisar.tensor.cpu;

import java.util.ArrayList;
import java.util.List;
import org.basisar.tensor.Backend;
import org.basisar.tensor.DType;
import org.basisar.tensor.HostArrays;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Op;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The processor as a device: memory is Java arrays, launches run to completion on the {@link
 * Workers}. Each operation has a plain fp64 kernel; the frequent ones have a fast fp32 kernel that
 * is preferred when it fits.
 */
public final class CpuBackend implements Backend {
  @Override
  public String describe() {
    return FastKernels.available()
        ? "Vector API, " + 32 * FloatLanes.LANES + "-bit vectors"
        : "plain Java; start it with --add-modules jdk.incubator.vector for the fast kernels";
  }

  /** What the Java heap may grow to. */
  @Override
  public long memoryBytes() {
    return Runtime.getRuntime().maxMemory();
  }

  @Override
  public Object allocate(DType dtype, int elements) {
    boolean lined = dtype == DType.F32 && elements >= Scratch.HALF_REGION;
    return HostArrays.create(dtype, elements + (lined ? Scratch.LINE : 0));
  }

  /** Large arrays begin where vectors lie within cache lines, as in {@link Scratch#LINE}. */
  @Override
  public int origin(Object memory) {
    return memory instanceof float[] array && array.length >= Scratch.HALF_REGION
        ? Scratch.LINE
        : 0;
  }

  /** Buffers that threads keep for kernels. */
  @Override
  public long workBytes() {
    return Scratch.bytes();
  }

  @Override
  public void trim() {
    Scratch.release();
  }

  @Override
  public void free(Object memory) {
    // The garbage collector takes arrays nobody refers to.
  }

  @Override
  public Launch prepare(Op op, Tensor[] inputs, Tensor[] outputs) {
    Launch fast = FastKernels.prepare(op, inputs, outputs);
    return BoundLaunch.of(
        op, fast != null ? fast : PlainKernels.prepare(op, inputs, outputs), inputs, outputs);
  }

  /**
   * Puts launches together whose work is one pass over memory, with the same bits. Only here can it
   * be known that nobody reads what is then not written.
   */
  @Override
  public @Nullable Launch record(List<Launch> launches) {
    List<BoundLaunch> bound = new ArrayList<>();
    for (Launch launch : launches) {
      if (!(launch instanceof BoundLaunch known)) {
        return null;
      }
      bound.add(known);
    }
    List<Launch> joined = JoinedSums.in(JoinedRotation.in(bound));
    return FastKernel.sequence(joined.toArray(new Launch[0]));
  }

  @Override
  public void write(Object memory, int offset, Object host, int hostOffset, int count) {
    System.arraycopy(host, hostOffset, memory, offset, count);
  }

  @Override
  public void read(Object memory, int offset, Object host, int hostOffset, int count) {
    System.arraycopy(memory, offset, host, hostOffset, count);
  }
}
