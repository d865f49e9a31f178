package org.basisar.nn.io;

import java.util.Optional;
import org.basisar.tensor.DType;

/**
 * Every element type that the safetensors format knows. Five of them are ours; the others are
 * listed when a file is opened, so that a file may hold them, and refused when they are read.
 */
public enum StoredType {
  /** IEEE binary64. */
  F64(64, DType.F64),
  /** IEEE binary32. */
  F32(32, DType.F32),
  /** IEEE binary16; read into floats, never written. */
  F16(16),
  /** bfloat16. */
  BF16(16, DType.BF16),
  /** Signed 64 bits. */
  I64(64),
  /** Signed 32 bits. */
  I32(32, DType.I32),
  /** Signed 16 bits. */
  I16(16),
  /** Signed 8 bits. */
  I8(8),
  /** Unsigned 64 bits. */
  U64(64),
  /** Unsigned 32 bits. */
  U32(32),
  /** Unsigned 16 bits. */
  U16(16),
  /** Unsigned 8 bits. */
  U8(8, DType.U8),
  /** One byte, 0 or 1. */
  BOOL(8),
  /** Two binary32. */
  C64(64),
  /** 8-bit float, 5 exponent bits. */
  F8_E5M2(8),
  /** 8-bit float, 4 exponent bits. */
  F8_E4M3(8),
  /** 8-bit float, 5 exponent bits, one zero. */
  F8_E5M2FNUZ(8),
  /** 8-bit float, 4 exponent bits, one zero. */
  F8_E4M3FNUZ(8),
  /** A power of two. */
  F8_E8M0(8),
  /** 6-bit float, 2 exponent bits. */
  F6_E2M3(6),
  /** 6-bit float, 3 exponent bits. */
  F6_E3M2(6),
  /** 4-bit float. */
  F4(4);

  private final int bits;
  private final Optional<DType> dtype;

  StoredType(int bits) {
    this.bits = bits;
    this.dtype = Optional.empty();
  }

  StoredType(int bits, DType dtype) {
    this.bits = bits;
    this.dtype = Optional.of(dtype);
  }

  /** Size of one element in bits; some types are smaller than a byte. */
  public int bits() {
    return bits;
  }

  /** The tensor type with exactly these bits, if there is one. */
  public Optional<DType> dtype() {
    return dtype;
  }

  /** The stored form of a tensor type. */
  public static StoredType of(DType dtype) {
    return switch (dtype) {
      case F64 -> F64;
      case F32 -> F32;
      case BF16 -> BF16;
      case I32 -> I32;
      case U8 -> U8;
    };
  }
}
