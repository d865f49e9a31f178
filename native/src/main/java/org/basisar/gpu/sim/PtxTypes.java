package org.basisar.gpu.sim;

/** PTX's scalar types. */
final class PtxTypes {
  private PtxTypes() {}

  /**
   * Size of a type.
   *
   * @param type with or without the leading dot
   */
  static int bytes(String type) {
    return switch (type.startsWith(".") ? type.substring(1) : type) {
      case "b8", "u8", "s8" -> 1;
      case "b16", "u16", "s16", "f16", "bf16" -> 2;
      case "b32", "u32", "s32", "f32", "f16x2", "bf16x2", "tf32" -> 4;
      case "b64", "u64", "s64", "f64" -> 8;
      case "b128" -> 16;
      default -> throw new PtxException("unknown type " + type);
    };
  }
}
