package org.basisar.kernels.basis;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;

/**
 * The residual loss (paper eq. 10) by its definition, with the running residual in registers: no
 * residual is ever written. For any A, up to 1024 tokens, F32.
 *
 * <p>There is no shape for which this is the better way; it stays as one that shares nothing with
 * the closed form of {@link ResidualKernel}. Counted for each of the N tokens of a channel:
 *
 * <ul>
 *   <li>Multiply-adds: 2·N in the closed form, in products that fill their tiles; here 2·1024, as a
 *       thread does its four tokens whether they are there or not.
 *   <li>Bytes: 40 in the closed form, which reads or writes x, ŷ and A·x ten times; here N + 8, as
 *       every four channels read all of A.
 * </ul>
 *
 * <p>The bytes are fewer only below 32 tokens, where there are 32 times as many multiply-adds; at
 * 256 tokens it is 4 times as many multiply-adds and 6.6 times as many bytes; at 1024 the
 * multiply-adds are equal and the bytes 25.8 times as many.
 */
public final class ResidualScanKernel {
  /** Most tokens: four for each thread of a block. */
  public static final int MOST_TOKENS = 1024;

  private static final String MODULE = "basis/residual_scan";
  private static final int THREADS = 256;
  private static final int CHANNELS = 4;
  private static final int MOST_PARTS = 64;

  private ResidualScanKernel() {}

  /** Extents of x and ŷ, [images, n, channels]; A is [n, n]. */
  public record Extents(int images, int n, int channels) {
    /** Checks what registers can hold. */
    public Extents {
      if (n > MOST_TOKENS) {
        throw new IllegalArgumentException(
            "residual scan: " + n + " tokens, at most " + MOST_TOKENS + " fit the registers");
      }
    }

    /** Blocks of the value, and F32 partial sums that it needs scratch for. */
    public int items() {
      return Math.multiplyExact(images, Math.ceilDiv(channels, CHANNELS));
    }

    /** Matrices [n, n] that the gradient needs F32 scratch for. */
    public int parts() {
      return Math.min(MOST_PARTS, items());
    }

    private float elements() {
      return ResidualKernel.elements(n, images * channels);
    }
  }

  /** Addresses of A, x and ŷ. */
  public record Inputs(long a, long x, long prediction) {}

  /** Addresses of the gradients of A (explicit part), x and ŷ. */
  public record Gradients(long a, long x, long prediction) {}

  /**
   * Prepares the mean over prefixes, tokens, channels and images of the squared residual.
   *
   * @param type of the result
   * @param partial scratch
   * @param out one element
   */
  public static KernelLaunch[] value(
      KernelLibrary library, ElementType type, Extents extents, Inputs in, long partial, long out) {
    GpuKernel kernel = library.kernel(MODULE, "scan_value");
    Parameters parameters =
        inputs(kernel, in).pointer(partial).int32(extents.n()).int32(extents.channels());
    return new KernelLaunch[] {
      new KernelLaunch(kernel, Grid.linear(extents.items(), THREADS), parameters),
      ResidualKernel.total(library, type, partial, extents.items(), extents.elements(), out)
    };
  }

  /**
   * Prepares the gradients.
   *
   * @param gradient of the loss, one element
   * @param parts scratch
   */
  public static KernelLaunch[] gradient(
      KernelLibrary library, Extents extents, Inputs in, long gradient, long parts, Gradients out) {
    GpuKernel scan = library.kernel(MODULE, "scan_gradient");
    Parameters ofScan =
        inputs(scan, in)
            .pointer(gradient)
            .pointer(parts)
            .pointer(out.x())
            .pointer(out.prediction())
            .int32(extents.n())
            .int32(extents.channels())
            .int32(extents.items())
            .float32(extents.elements());
    GpuKernel add = library.kernel(MODULE, "scan_add_parts");
    long count = (long) extents.n() * extents.n();
    Parameters ofAdd =
        new Parameters(add).pointer(parts).pointer(out.a()).int64(count).int32(extents.parts());
    return new KernelLaunch[] {
      new KernelLaunch(scan, Grid.linear(extents.parts(), THREADS), ofScan),
      new KernelLaunch(add, Grid.linear(Grid.blocksFor(count, THREADS), THREADS), ofAdd)
    };
  }

  private static Parameters inputs(GpuKernel kernel, Inputs in) {
    return new Parameters(kernel).pointer(in.a()).pointer(in.x()).pointer(in.prediction());
  }
}
