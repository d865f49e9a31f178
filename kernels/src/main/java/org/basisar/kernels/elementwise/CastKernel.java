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

/** Conversions between any two different element types. */
public final class CastKernel {
  private CastKernel() {}

  /**
   * y = x, rounded to nearest even or, to integers, truncated.
   *
   * @return one launch, or between F32 and BF16 two: whole packs of 16 bytes, then the rest
   */
  public static List<KernelLaunch> prepare(
      KernelLibrary library, ElementType from, ElementType to, long x, long y, long count) {
    List<KernelLaunch> launches = new ArrayList<>();
    boolean halves = from == ElementType.F32 && to == ElementType.BF16;
    boolean doubles = from == ElementType.BF16 && to == ElementType.F32;
    int pack = Packs.size(ElementType.BF16);
    long packs = (halves || doubles) && Packs.fit(from, 0, x, y) ? count / pack : 0;
    if (packs > 0) {
      launches.add(launch(library, "cast_fast", from, to, x, y, packs));
    }
    long done = packs * pack;
    if (done < count) {
      launches.add(
          launch(
              library,
              "cast",
              from,
              to,
              x + done * from.bytes(),
              y + done * to.bytes(),
              count - done));
    }
    return launches;
  }

  private static KernelLaunch launch(
      KernelLibrary library,
      String name,
      ElementType from,
      ElementType to,
      long x,
      long y,
      long count) {
    GpuKernel kernel =
        library.kernel(
            "elementwise/cast", name + KernelLibrary.suffix(from) + KernelLibrary.suffix(to));
    return new KernelLaunch(
        kernel, ElementLoop.grid(count), new Parameters(kernel).pointer(x).pointer(y).int64(count));
  }
}
