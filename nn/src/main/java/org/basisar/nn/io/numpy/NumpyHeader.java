package org.basisar.nn.io.numpy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What an array says about itself.
 *
 * @param type kind of its numbers
 * @param columnMajor whether the first index runs fastest in the file (NumPy's Fortran order)
 * @param extents its shape; empty for a single number
 */
public record NumpyHeader(NumpyType type, boolean columnMajor, List<Integer> extents) {
  /** Most axes that are read. */
  public static final int MAX_AXES = 8;

  private static final int ALIGNMENT = 64;

  /** Bytes before the dictionary in version 1: signature, version and length. */
  private static final int PREFIX = 10;

  static final byte[] SIGNATURE = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /**
   * Checks the extents.
   *
   * @throws IllegalArgumentException if one is negative, there are too many, or the bytes do not
   *     fit into a long
   */
  public NumpyHeader {
    extents = List.copyOf(extents);
    if (extents.size() > MAX_AXES) {
      throw new IllegalArgumentException("an array of " + extents.size() + " axes is too deep");
    }
    long bytes = type.bytes();
    for (int extent : extents) {
      if (extent < 0) {
        throw new IllegalArgumentException("an array cannot have the shape " + extents);
      }
      try {
        bytes = Math.multiplyExact(bytes, extent);
      } catch (ArithmeticException _) {
        throw new IllegalArgumentException("no array of the shape " + extents + " can exist");
      }
    }
  }

  /** A header of an array in row-major order. */
  public static NumpyHeader of(NumpyType type, int... extents) {
    return new NumpyHeader(type, false, Arrays.stream(extents).boxed().toList());
  }

  /** Number of elements. */
  public long elements() {
    long product = 1;
    for (int extent : extents) {
      product *= extent;
    }
    return product;
  }

  /** Bytes of all elements. */
  public long bytes() {
    return elements() * type.bytes();
  }

  /** Whether the shape is exactly this. */
  public boolean hasShape(int... wanted) {
    if (wanted.length != extents.size()) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i] != extents.get(i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether elements lie in the file as they do in a row-major array. */
  public boolean rowMajor() {
    return !columnMajor || extents.stream().filter(extent -> extent != 1).count() <= 1;
  }

  /** Type and shape as NumPy prints them, such as {@code <f4 (32, 16, 16)}. */
  public String describe() {
    return type.description() + " " + tuple(extents);
  }

  private static String tuple(List<Integer> extents) {
    return extents.stream().map(String::valueOf).collect(Collectors.joining(", ", "(", ""))
        + (extents.size() == 1 ? ",)" : ")");
  }

  /** The header as version 1 of the format writes it, padded to whole 64 bytes. */
  byte[] encode() {
    String dictionary =
        "{'descr': '"
            + type.description()
            + "', 'fortran_order': "
            + (columnMajor ? "True" : "False")
            + ", 'shape': "
            + tuple(extents)
            + ", }";
    int length = PREFIX + dictionary.length() + 1;
    int padded = (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    String text = dictionary + " ".repeat(padded - length) + "\n";
    return ByteBuffer.allocate(padded)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(SIGNATURE)
        .put((byte) 1)
        .put((byte) 0)
        .putShort((short) (padded - PREFIX))
        .put(text.getBytes(StandardCharsets.US_ASCII))
        .array();
  }
}
