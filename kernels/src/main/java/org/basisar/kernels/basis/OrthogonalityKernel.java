package org.basisar.kernels.basis;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;

/**
 * How far the rows of A are from orthonormal: D = A·Aᵀ − I, the regulariser mean(D²) (paper
 * Algorithm 1), and ‖D‖_F, which at most 1 − (1 − δ)² certifies that no singular value has left its
 * band.
 *
 * <p>The comparison is the host's: it reads the norm for the log as well, and the decomposition
 * that follows a failed certificate is done there.
 */
public final class OrthogonalityKernel {
  private static final String MODULE = "basis/orthogonality";
  private static final int THREADS = 256;
  private static final int EDGE = 64;

  private OrthogonalityKernel() {}

  /** Number of F32 partial sums that {@link #prepare} needs scratch for. */
  public static int parts(int n) {
    int tiles = Grid.blocksFor(n, EDGE);
    return tiles * tiles;
  }

  /**
   * Addresses of the results, F32.
   *
   * @param mean mean(D²), one element
   * @param norm ‖D‖_F, one element
   * @param difference D, [n, n]
   */
  public record Results(long mean, long norm, long difference) {}

  /**
   * Prepares both launches, to be run in order.
   *
   * @param type of A, F32 or BF16
   * @param n at least 1
   * @param a [n, n]
   * @param partial F32 [{@link #parts}], scratch
   */
  public static KernelLaunch[] prepare(
      KernelLibrary library, ElementType type, int n, long a, long partial, Results results) {
    int tiles = Grid.blocksFor(n, EDGE);
    GpuKernel gram = library.kernel(MODULE, "gram_difference" + KernelLibrary.suffix(type));
    Parameters ofGram =
        new Parameters(gram).pointer(a).pointer(results.difference()).pointer(partial).int32(n);
    GpuKernel measures = library.kernel(MODULE, "gram_measures");
    Parameters ofMeasures =
        new Parameters(measures)
            .pointer(partial)
            .int32(parts(n))
            .int32(n)
            .pointer(results.mean())
            .pointer(results.norm());
    return new KernelLaunch[] {
      new KernelLaunch(gram, Grid.rectangle(tiles, tiles, THREADS), ofGram),
      new KernelLaunch(measures, Grid.linear(1, THREADS), ofMeasures)
    };
  }
}
