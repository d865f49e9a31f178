package org.basisar.kernels.basis;

import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;

/**
 * How far the rows of A are from orthonormal: D = A·Aᵀ − I, its Frobenius norm, the regulariser
 * mean(D²) (paper Algorithm 1), and the certificate that no singular value has left its band, which
 * is decided and counted on the device, so that the host need not wait for it.
 */
public final class OrthogonalityKernel {
  private static final int THREADS = 256;
  private static final int EDGE = 64;

  private OrthogonalityKernel() {}

  /** Number of F32 partial sums that {@link #prepare} needs scratch for. */
  public static int parts(int n) {
    int tiles = Grid.blocksFor(n, EDGE);
    return tiles * tiles;
  }

  /**
   * Addresses of the results.
   *
   * @param difference F32 [n, n]: D, or 0 if not wanted
   * @param measures F32 [2]: ‖D‖_F and mean(D²)
   * @param flag I32 [1]: 1 if ‖D‖_F is at most the bound, else 0, also for NaN
   * @param counters I32 [2]: how often the certificate failed and held; one of them is incremented
   */
  public record Results(long difference, long measures, long flag, long counters) {}

  /**
   * Prepares both launches, to be run in order.
   *
   * @param a F32 [n, n]
   * @param partial F32 [{@link #parts}], scratch
   * @param bound greatest norm for which the certificate holds: 1 − (1 − δ)² proves that all
   *     singular values lie in [1 − δ, 1 + δ]
   */
  public static KernelLaunch[] prepare(
      KernelLibrary library, int n, long a, long partial, double bound, Results results) {
    int tiles = Grid.blocksFor(n, EDGE);
    GpuKernel gram = library.kernel("basis/orthogonality", "gram_difference");
    Parameters ofGram =
        new Parameters(gram).pointer(a).pointer(results.difference()).pointer(partial).int32(n);
    GpuKernel decide = library.kernel("basis/orthogonality", "certificate");
    Parameters ofDecision =
        new Parameters(decide)
            .pointer(partial)
            .int32(parts(n))
            .int32(n)
            .float32((float) bound)
            .pointer(results.measures())
            .pointer(results.flag())
            .pointer(results.counters());
    return new KernelLaunch[] {
      new KernelLaunch(gram, Grid.rectangle(tiles, tiles, THREADS), ofGram),
      new KernelLaunch(decide, Grid.linear(1, THREADS), ofDecision)
    };
  }
}
