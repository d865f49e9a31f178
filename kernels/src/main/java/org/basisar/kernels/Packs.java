package org.basisar.kernels;

import org.basisar.gpu.ElementType;

/** When a kernel may read and write 16 bytes at once. */
public final class Packs {
  private static final int BYTES = 16;

  private Packs() {}

  /** Elements in 16 bytes. */
  public static int size(ElementType type) {
    return BYTES / type.bytes();
  }

  /**
   * Whether rows of {@code width} elements, the first at each of these addresses, are whole packs.
   *
   * @param addresses 0 for an array that is not there
   */
  public static boolean fit(ElementType type, long width, long... addresses) {
    boolean fit = width % size(type) == 0;
    for (long address : addresses) {
      fit &= address % BYTES == 0;
    }
    return fit;
  }

  /**
   * The largest power of two, up to 16, that divides all of these numbers of bytes: addresses and
   * lengths of what is moved together.
   */
  public static int widest(long... numbers) {
    long all = BYTES;
    for (long number : numbers) {
      all |= number;
    }
    return (int) Long.lowestOneBit(all);
  }
}
