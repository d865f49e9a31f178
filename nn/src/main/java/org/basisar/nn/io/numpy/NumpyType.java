package org.basisar.nn.io.numpy;

import org.jspecify.annotations.Nullable;

/** The kinds of numbers that are read and written, all little-endian. */
public enum NumpyType {
  /** IEEE binary64. */
  F64("<f8", 8),
  /** IEEE binary32. */
  F32("<f4", 4),
  /** Signed 64 bits. */
  I64("<i8", 8),
  /** Signed 32 bits. */
  I32("<i4", 4),
  /** Unsigned 8 bits. */
  U8("|u1", 1);

  private final String description;
  private final int bytes;

  NumpyType(String description, int bytes) {
    this.description = description;
    this.bytes = bytes;
  }

  /** What NumPy calls it in a header, such as {@code <f4}. */
  public String description() {
    return description;
  }

  /** Size of one element in bytes. */
  public int bytes() {
    return bytes;
  }

  static @Nullable NumpyType of(String description) {
    for (NumpyType type : values()) {
      if (type.description.equals(description)) {
        return type;
      }
    }
    return null;
  }
}
