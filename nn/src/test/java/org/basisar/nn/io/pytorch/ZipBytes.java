package org.basisar.nn.io.pytorch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Puts a zip together byte by byte, and knows where its fields are so that tests can damage them.
 */
final class ZipBytes {
  private final ByteArrayOutputStream parts = new ByteArrayOutputStream();
  private final ByteArrayOutputStream directory = new ByteArrayOutputStream();
  private final List<Integer> locals = new ArrayList<>();
  private final List<Integer> centrals = new ArrayList<>();

  ZipBytes stored(String name, byte[] data) {
    return part(name, 0, data, data.length, data);
  }

  ZipBytes deflated(String name, byte[] data) {
    try (Deflater deflater = new Deflater(9, true)) {
      deflater.setInput(data);
      deflater.finish();
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      byte[] chunk = new byte[1 << 16];
      while (!deflater.finished()) {
        packed.write(chunk, 0, deflater.deflate(chunk));
      }
      return part(name, 8, packed.toByteArray(), data.length, data);
    }
  }

  /** A part whose packed bytes and promised size are the caller's. */
  ZipBytes part(String name, int method, byte[] packed, int size, byte[] summed) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    CRC32 crc = new CRC32();
    crc.update(summed);
    int header = parts.size();
    locals.add(header);
    centrals.add(directory.size());
    ByteBuffer local = buffer(30);
    local.putInt(0, 0x04034b50).putShort(8, (short) method).putInt(14, (int) crc.getValue());
    local.putInt(18, packed.length).putInt(22, size).putShort(26, (short) utf8.length);
    copy(local, parts);
    parts.writeBytes(utf8);
    parts.writeBytes(packed);
    ByteBuffer central = buffer(46);
    central.putInt(0, 0x02014b50).putShort(10, (short) method).putInt(16, (int) crc.getValue());
    central.putInt(20, packed.length).putInt(24, size).putShort(28, (short) utf8.length);
    central.putInt(42, header);
    copy(central, directory);
    directory.writeBytes(utf8);
    return this;
  }

  byte[] bytes() {
    ByteBuffer end = buffer(22);
    end.putInt(0, 0x06054b50).putShort(8, (short) locals.size());
    end.putShort(10, (short) locals.size()).putInt(12, directory.size()).putInt(16, parts.size());
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(parts.toByteArray());
    all.writeBytes(directory.toByteArray());
    copy(end, all);
    return all.toByteArray();
  }

  /** The zip with two bytes of a part's local header replaced. */
  byte[] local16(int part, int field, int value) {
    return patch(locals.get(part) + field, 2, value);
  }

  byte[] central16(int part, int field, int value) {
    return patch(parts.size() + centrals.get(part) + field, 2, value);
  }

  byte[] central32(int part, int field, int value) {
    return patch(parts.size() + centrals.get(part) + field, 4, value);
  }

  byte[] end16(int field, int value) {
    return patch(parts.size() + directory.size() + field, 2, value);
  }

  byte[] end32(int field, int value) {
    return patch(parts.size() + directory.size() + field, 4, value);
  }

  private byte[] patch(int at, int count, int value) {
    byte[] bytes = bytes();
    for (int i = 0; i < count; i++) {
      bytes[at + i] = (byte) (value >>> (8 * i));
    }
    return bytes;
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void copy(ByteBuffer record, ByteArrayOutputStream out) {
    byte[] bytes = new byte[record.capacity()];
    record.get(0, bytes);
    out.writeBytes(bytes);
  }
}
