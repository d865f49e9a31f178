package org.basisar.kernels.reduction;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;

/** Cross-entropy of logits [rows, classes] with I32 labels [rows]; one block a row. */
public final class CrossEntropyKernel {
  private static final String MODULE = "reduction/cross_entropy";
  private static final int THREADS = 128;

  private CrossEntropyKernel() {}

  /**
   * The mean over rows: the rows' losses, then their sum.
   *
   * @param type F32 or BF16, of logits and result
   * @param losses F32 [rows], scratch
   */
  public static KernelLaunch[] prepare(
      KernelLibrary library,
      ElementType type,
      long logits,
      long labels,
      int rows,
      int classes,
      long losses,
      long out) {
    KernelLaunch mean =
        RowReduceKernel.total(library, ReduceKind.SUM, type, losses, 1, rows, rows, out);
    if (rows == 0) {
      return new KernelLaunch[] {mean};
    }
    GpuKernel kernel = library.kernel(MODULE, "cross_entropy" + KernelLibrary.suffix(type));
    Parameters parameters =
        new Parameters(kernel).pointer(logits).pointer(labels).pointer(losses).int32(classes);
    return new KernelLaunch[] {
      new KernelLaunch(kernel, Grid.linear(rows, THREADS), parameters), mean
    };
  }

  /**
   * ∂L/∂logits.
   *
   * @param gradient one element
   * @param rows at least 1
   */
  public static KernelLaunch gradient(
      KernelLibrary library,
      ElementType type,
      long logits,
      long labels,
      long gradient,
      int rows,
      int classes,
      long out) {
    GpuKernel kernel =
        library.kernel(MODULE, "cross_entropy_gradient" + KernelLibrary.suffix(type));
    Parameters parameters =
        new Parameters(kernel)
            .pointer(logits)
            .pointer(labels)
            .pointer(gradient)
            .pointer(out)
            .int32(classes)
            .float32(rows);
    return new KernelLaunch(kernel, Grid.linear(rows, THREADS), parameters);
  }
}
