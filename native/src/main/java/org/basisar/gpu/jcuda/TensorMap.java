package org.basisar.gpu.jcuda;

import java.util.List;
import org.basisar.gpu.ElementType;

/**
 * What the tensor memory accelerator of Hopper and later needs to know to copy boxes of an array
 * between global and shared memory. Extents are listed from the innermost outwards.
 *
 * @param type of the elements
 * @param address of the first element, a multiple of 16
 * @param sizes elements along each axis, 1 to 5 axes
 * @param strides bytes from one index to the next, for each axis but the innermost; multiples of 16
 * @param box elements of a box along each axis, at most 256 each
 * @param swizzle how rows of a box are rotated against bank conflicts
 */
public record TensorMap(
    ElementType type,
    long address,
    List<Long> sizes,
    List<Long> strides,
    List<Integer> box,
    Swizzle swizzle) {

  /** Pattern over rows of this many bytes. */
  public enum Swizzle {
    /** None. */
    NONE(0),
    /** 32 bytes. */
    BYTES_32(1),
    /** 64 bytes. */
    BYTES_64(2),
    /** 128 bytes. */
    BYTES_128(3);

    private final int number;

    Swizzle(int number) {
      this.number = number;
    }

    /** The driver's number for it. */
    int number() {
      return number;
    }
  }

  /** Copies the lists and checks their lengths. */
  public TensorMap {
    sizes = List.copyOf(sizes);
    strides = List.copyOf(strides);
    box = List.copyOf(box);
    if (sizes.isEmpty() || sizes.size() > 5) {
      throw new IllegalArgumentException("tensor map: " + sizes.size() + " axes, not 1 to 5");
    }
    if (strides.size() != sizes.size() - 1 || box.size() != sizes.size()) {
      throw new IllegalArgumentException(
          "tensor map: "
              + sizes.size()
              + " axes need "
              + (sizes.size() - 1)
              + " strides and as many box sizes as axes");
    }
  }
}
