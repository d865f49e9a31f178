package org.basisar.kernels.basis;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;

/**
 * The residual loss by its closed form, around the matrix products, which the caller does. Matrices
 * are F32; those of tokens are [N, images · channels].
 */
public final class ResidualKernel {
  private static final String MODULE = "basis/residual";
  private static final int THREADS = 256;
  private static final int MOST_BLOCKS = 4096;

  private ResidualKernel() {}

  /**
   * Addresses of what loss and gradients have in common.
   *
   * @param tokens x
   * @param prediction ŷ
   * @param transformed A·x
   * @param basisGram A·Aᵀ [N, N]
   * @param predictionGram Σ ŷ·ŷᵀ [N, N]
   */
  public record Products(
      long tokens, long prediction, long transformed, long basisGram, long predictionGram) {}

  /**
   * The loss from the products.
   *
   * @param type of the result
   * @param partial F32 [n], scratch
   * @param columns images · channels
   * @param out the mean, one element
   */
  public static KernelLaunch[] loss(
      KernelLibrary library,
      ElementType type,
      Products products,
      long partial,
      int n,
      int columns,
      long out) {
    GpuKernel rows = library.kernel(MODULE, "residual_rows");
    Parameters ofRows =
        new Parameters(rows)
            .pointer(products.tokens())
            .pointer(products.prediction())
            .pointer(products.transformed())
            .pointer(products.basisGram())
            .pointer(products.predictionGram())
            .pointer(partial)
            .int32(n)
            .int32(columns);
    return new KernelLaunch[] {
      new KernelLaunch(rows, Grid.linear(n, THREADS), ofRows),
      total(library, type, partial, n, elements(n, columns), out)
    };
  }

  /** out = Σ of F32 parts / elements, in one block. */
  static KernelLaunch total(
      KernelLibrary library, ElementType type, long partial, int count, float elements, long out) {
    GpuKernel total = library.kernel(MODULE, "residual_total" + KernelLibrary.suffix(type));
    Parameters parameters =
        new Parameters(total).pointer(partial).pointer(out).int32(count).float32(elements);
    return new KernelLaunch(total, Grid.linear(1, THREADS), parameters);
  }

  /** Number of residual elements that the loss is the mean of. */
  static float elements(int n, int columns) {
    return (float) ((double) n * n * columns);
  }

  /**
   * weighted ← w ∘ A with w_l = N − l, and both Gram matrices ← W ∘ themselves with W_lm = N −
   * max(l, m).
   */
  public static KernelLaunch weigh(
      KernelLibrary library, long a, long weighted, long basisGram, long predictionGram, int n) {
    GpuKernel kernel = library.kernel(MODULE, "residual_weigh");
    Parameters parameters =
        new Parameters(kernel)
            .pointer(a)
            .pointer(weighted)
            .pointer(basisGram)
            .pointer(predictionGram)
            .int32(n);
    return new KernelLaunch(kernel, linear((long) n * n), parameters);
  }

  /**
   * out [images, n, channels] ← 2 · gradient / elements · (product − w ∘ other), or with {@code
   * weighted} false · (n · other − product).
   *
   * @param type of gradient (one element) and out
   * @param product F32 [n, images, channels], as is {@code other}
   * @param elements number of residual elements that the loss is the mean of
   */
  public static KernelLaunch finish(
      KernelLibrary library,
      ElementType type,
      long product,
      long other,
      long gradient,
      long out,
      int images,
      int n,
      int channels,
      boolean weighted,
      double elements) {
    GpuKernel kernel = library.kernel(MODULE, "residual_finish" + KernelLibrary.suffix(type));
    Parameters parameters =
        new Parameters(kernel)
            .pointer(product)
            .pointer(other)
            .pointer(gradient)
            .pointer(out)
            .int32(images)
            .int32(n)
            .int32(channels)
            .int32(weighted ? 1 : 0)
            .float32((float) elements);
    return new KernelLaunch(kernel, linear((long) images * n * channels), parameters);
  }

  private static Grid linear(long count) {
    return Grid.linear(Math.min(MOST_BLOCKS, Grid.blocksFor(count, THREADS)), THREADS);
  }
}
