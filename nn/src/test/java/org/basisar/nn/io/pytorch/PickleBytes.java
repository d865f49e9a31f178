package org.basisar.nn.io.pytorch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Puts a pickle together instruction by instruction, valid or not. */
final class PickleBytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Starts with the mark of protocol 2. */
  static PickleBytes start() {
    return new PickleBytes().op(0x80, 2);
  }

  PickleBytes op(int... bytes) {
    for (int b : bytes) {
      out.write(b);
    }
    return this;
  }

  /** The letters as instructions. */
  PickleBytes ops(String letters) {
    out.writeBytes(letters.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  PickleBytes text(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    return ops("X").int32(utf8.length).raw(utf8);
  }

  PickleBytes raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  PickleBytes int32(int value) {
    return raw(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  PickleBytes whole(long value) {
    if (value == (int) value) {
      return ops("J").int32((int) value);
    }
    return op(0x8a, 8)
        .raw(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
  }

  PickleBytes global(String module, String title) {
    return ops("c" + module + "\n" + title + "\n");
  }

  PickleBytes tuple(long... values) {
    ops("(");
    for (long value : values) {
      whole(value);
    }
    return ops("t");
  }

  PickleBytes storage(String type, String key, long elements) {
    return ops("(")
        .text("storage")
        .global("torch", type)
        .text(key)
        .text("cpu")
        .whole(elements)
        .ops("tQ");
  }

  /** A tensor of float storage "0". */
  PickleBytes tensor(long room, long offset, long[] extents, long[] strides) {
    return global("torch._utils", "_rebuild_tensor_v2")
        .ops("(")
        .storage("FloatStorage", "0", room)
        .whole(offset)
        .tuple(extents)
        .tuple(strides)
        .op(0x89)
        .ops("NtR");
  }

  byte[] stop() {
    return ops(".").bytes();
  }

  byte[] bytes() {
    return out.toByteArray();
  }
}
