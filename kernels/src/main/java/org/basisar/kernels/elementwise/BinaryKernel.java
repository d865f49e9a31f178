package org.basisar.kernels.elementwise;

import java.util.ArrayList;
import java.util.List;
import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.ElementLoop;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;
import org.basisar.kernels.Packs;

/** Functions of two variables of equal shape, comparisons and selection, for F32 and BF16. */
public final class BinaryKernel {
  private static final String MODULE = "elementwise/binary";

  private BinaryKernel() {}

  /**
   * z = f(x, y) of operands of equal shape.
   *
   * @param function add, sub, mul, div, max or min
   * @return one launch, or two: whole packs of 16 bytes, then the rest
   */
  public static List<KernelLaunch> same(
      KernelLibrary library,
      String function,
      ElementType type,
      long x,
      long y,
      long z,
      long count) {
    List<KernelLaunch> launches = new ArrayList<>();
    int pack = Packs.size(type);
    long packs = Packs.fit(type, 0, x, y, z) ? count / pack : 0;
    if (packs > 0) {
      launches.add(prepare(library, function + "_fast", type, x, y, z, packs));
    }
    long done = packs * pack;
    if (done < count) {
      long skip = done * type.bytes();
      launches.add(prepare(library, function, type, x + skip, y + skip, z + skip, count - done));
    }
    return launches;
  }

  private static KernelLaunch prepare(
      KernelLibrary library, String name, ElementType type, long x, long y, long z, long count) {
    GpuKernel kernel = library.kernel(MODULE, name + KernelLibrary.suffix(type));
    return new KernelLaunch(
        kernel,
        ElementLoop.grid(count),
        new Parameters(kernel).pointer(x).pointer(y).pointer(z).int64(count));
  }

  /**
   * z = 1 where x stands in a relation to y, else 0.
   *
   * @param relation 0 less, 1 less or equal, 2 equal, 3 greater, 4 greater or equal
   * @param z bytes
   */
  public static KernelLaunch compare(
      KernelLibrary library, int relation, ElementType type, long x, long y, long z, long count) {
    GpuKernel kernel = library.kernel(MODULE, "compare" + KernelLibrary.suffix(type));
    return new KernelLaunch(
        kernel,
        ElementLoop.grid(count),
        new Parameters(kernel).pointer(x).pointer(y).pointer(z).int64(count).int32(relation));
  }

  /** z = x where the condition (bytes) is not 0, else y. */
  public static KernelLaunch where(
      KernelLibrary library, ElementType type, long condition, long x, long y, long z, long count) {
    GpuKernel kernel = library.kernel(MODULE, "where" + KernelLibrary.suffix(type));
    return new KernelLaunch(
        kernel,
        ElementLoop.grid(count),
        new Parameters(kernel).pointer(condition).pointer(x).pointer(y).pointer(z).int64(count));
  }
}
