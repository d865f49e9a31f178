package org.basisar.kernels.generation;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.ElementLoop;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;

/**
 * Philox numbers, for F32 and BF16. {@code state} is the device array {seed low, seed high, step
 * low, step high} of 32-bit integers, read at every run.
 */
public final class RandomKernel {
  private static final String MODULE = "generation/random";

  /** Elements that a thread makes of one block of numbers. */
  private static final int PER_THREAD = 4;

  private RandomKernel() {}

  /** Standard normal numbers, computed in single precision. */
  public static KernelLaunch normal(
      KernelLibrary library, ElementType type, long out, long count, long state, int call) {
    return draw(library, "normal", type, out, count, state, call);
  }

  /** Uniform numbers in [0, 1), multiples of 2^−24. */
  public static KernelLaunch uniform(
      KernelLibrary library, ElementType type, long out, long count, long state, int call) {
    return draw(library, "uniform", type, out, count, state, call);
  }

  private static KernelLaunch draw(
      KernelLibrary library,
      String name,
      ElementType type,
      long out,
      long count,
      long state,
      int call) {
    GpuKernel kernel = library.kernel(MODULE, name + KernelLibrary.suffix(type));
    return new KernelLaunch(
        kernel,
        ElementLoop.grid(Math.ceilDiv(count, PER_THREAD)),
        new Parameters(kernel).pointer(out).int64(count).pointer(state).int32(call));
  }

  /** out = x / (1 − rate) where the uniform number of the element is at least the rate, else 0. */
  public static KernelLaunch dropout(
      KernelLibrary library,
      ElementType type,
      long x,
      long out,
      long count,
      long state,
      int call,
      double rate) {
    GpuKernel kernel = library.kernel(MODULE, "dropout" + KernelLibrary.suffix(type));
    return new KernelLaunch(
        kernel,
        ElementLoop.grid(Math.ceilDiv(count, PER_THREAD)),
        new Parameters(kernel)
            .pointer(x)
            .pointer(out)
            .int64(count)
            .pointer(state)
            .int32(call)
            .int32((int) Math.ceil(rate * 0x1p24))
            .float32((float) (1 / (1 - rate))));
  }
}
