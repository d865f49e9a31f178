package org.basisar.gpu;

/** Element types the dense libraries and kernels work on. */
public enum ElementType {
  /** IEEE single precision. */
  F32(4),
  /** bfloat16: the upper half of a single. */
  BF16(2),
  /** IEEE double precision. */
  F64(8),
  /** 32-bit integer. */
  I32(4),
  /** Unsigned byte. */
  U8(1);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** Size of an element. */
  public int bytes() {
    return bytes;
  }
}
