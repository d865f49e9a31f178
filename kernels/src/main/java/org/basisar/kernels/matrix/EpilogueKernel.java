package org.basisar.kernels.matrix;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;
import org.basisar.kernels.Packs;

/** What a linear layer does beside its product, on [rows, width]. */
public final class EpilogueKernel {
  private static final String MODULE = "matrix/epilogue";
  private static final int THREADS = 256;
  private static final int MOST_BLOCKS = 4096;

  private EpilogueKernel() {}

  /**
   * Addresses of what is done to the product.
   *
   * @param bias [width], 0 for none
   * @param residual [rows, width], 0 for none
   * @param gelu whether the exact GELU is taken of the biased product
   */
  public record Epilogue(long bias, long residual, boolean gelu) {}

  /**
   * out ← bias in every row, for a product that is added to it.
   *
   * @param type F32 or BF16
   */
  public static KernelLaunch start(
      KernelLibrary library, ElementType type, long bias, int rows, int width, long out) {
    GpuKernel kernel = library.kernel(MODULE, "epilogue_start" + KernelLibrary.suffix(type));
    long count = (long) rows * width;
    Parameters parameters =
        new Parameters(kernel).pointer(bias).pointer(out).int64(count).int32(width);
    return new KernelLaunch(kernel, linear(count), parameters);
  }

  /**
   * out ← gelu(product + bias) + residual, by the fastest kernel for the shape.
   *
   * @param type F32 or BF16, of all but the product
   * @param product F32; may be {@code out} if that is F32 too
   */
  public static KernelLaunch finish(
      KernelLibrary library,
      ElementType type,
      long product,
      Epilogue epilogue,
      int rows,
      int width,
      long out) {
    if (!Packs.fit(type, width, product, epilogue.bias, epilogue.residual, out)) {
      return simple(library, type, product, epilogue, rows, width, out);
    }
    return prepare(
        "epilogue", Packs.size(type), library, type, product, epilogue, rows, width, out);
  }

  /** Version 1 of {@link #finish}. */
  public static KernelLaunch simple(
      KernelLibrary library,
      ElementType type,
      long product,
      Epilogue epilogue,
      int rows,
      int width,
      long out) {
    return prepare("simple_epilogue", 1, library, type, product, epilogue, rows, width, out);
  }

  private static KernelLaunch prepare(
      String name,
      int ofThread,
      KernelLibrary library,
      ElementType type,
      long product,
      Epilogue epilogue,
      int rows,
      int width,
      long out) {
    GpuKernel kernel = library.kernel(MODULE, name + KernelLibrary.suffix(type));
    long count = (long) rows * width;
    Parameters parameters =
        new Parameters(kernel)
            .pointer(product)
            .pointer(epilogue.bias)
            .pointer(epilogue.residual)
            .pointer(out)
            .int64(count)
            .int32(width)
            .int32(epilogue.gelu ? 1 : 0);
    return new KernelLaunch(kernel, linear(count / ofThread), parameters);
  }

  private static Grid linear(long count) {
    return Grid.linear(Math.min(MOST_BLOCKS, Grid.blocksFor(count, THREADS)), THREADS);
  }
}
