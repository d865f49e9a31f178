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
   * @param partial scratch
   * @param out one element
   */
  public static KernelLaunch[] value(
      KernelLibrary library, Extents extents, Inputs in, long partial, long out) {
    GpuKernel kernel = library.kernel(MODULE, "scan_value");
    Parameters parameters =
        inputs(kernel, in).pointer(partial).int32(extents.n()).int32(extents.channels());
    return new KernelLaunch[] {
      new KernelLaunch(kernel, Grid.linear(extents.items(), THREADS), parameters),
      ResidualKernel.total(
          library, ElementType.F32, partial, extents.items(), extents.elements(), out)
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
