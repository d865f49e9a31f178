package org.basisar.kernels.elementwise;

import java.util.List;
import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.ElementLoop;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;
import org.basisar.kernels.Packs;

/** Functions of two variables that are repeated along some axes, for F32 and BF16. */
public final class BroadcastKernel {
  /** Most axes that operands may be broadcast over, after joining those that need not be apart. */
  public static final int AXES = 6;

  private static final String MODULE = "elementwise/broadcast";

  private BroadcastKernel() {}

  /**
   * z = f(x, y) of operands with strides.
   *
   * @param extents of z, {@link #AXES} of them
   * @param left strides of x in elements, 0 along repeated axes
   * @param right strides of y
   */
  public static KernelLaunch prepare(
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
}
