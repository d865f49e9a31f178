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

/** Functions of two variables, comparisons and selection, for F32 and BF16. */
public final class BinaryKernel {
  /** Most axes that operands may be broadcast over, after joining those that need not be apart. */
  public static final int AXES = 6;

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
   * z = f(x, y) of operands with strides.
   *
   * @param extents of z, {@link #AXES} of them
   * @param left strides of x in elements, 0 along repeated axes
   * @param right strides of y
   */
  public static KernelLaunch broadcast(
      KernelLibrary library,
      String function,
      ElementType type,
      long x,
      long y,
      long z,
      int[] extents,
      int[] left,
      int[] right) {
    long count = 1;
    for (int extent : extents) {
      count *= extent;
    }
    int last = AXES - 1;
    int pack = Packs.size(type);
    boolean fast =
        wholePacks(type, x, z, extents[last], left) && wholePacks(type, y, z, extents[last], right);
    String name = function + (fast ? "_broadcast_fast" : "_broadcast");
    count /= fast ? pack : 1;
    GpuKernel kernel = library.kernel(MODULE, name + KernelLibrary.suffix(type));
    Parameters parameters = new Parameters(kernel).pointer(x).pointer(y).pointer(z).int64(count);
    for (int axis = 0; axis < AXES; axis++) {
      parameters.int32(fast && axis == last ? extents[axis] / pack : extents[axis]);
    }
    for (int[] strides : List.of(left, right)) {
      for (int axis = 0; axis < AXES; axis++) {
        parameters.int32(fast && axis == last ? strides[axis] * pack : strides[axis]);
      }
    }
    return new KernelLaunch(kernel, ElementLoop.grid(count), parameters);
  }

  /** Whether an operand can be read in packs along the last axis, or is repeated along it. */
  private static boolean wholePacks(ElementType type, long x, long z, int width, int[] strides) {
    boolean whole = Packs.fit(type, width, z);
    int last = AXES - 1;
    if (strides[last] != 0) {
      whole &= strides[last] == 1 && Packs.fit(type, 0, x);
      for (int axis = 0; axis < last; axis++) {
        whole &= Packs.fit(type, strides[axis]);
      }
    }
    return whole;
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
