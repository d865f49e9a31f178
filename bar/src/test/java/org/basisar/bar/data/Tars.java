package org.basisar.bar.data;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** Writes tar archives, sound ones and others. */
final class Tars {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** Adds a plain file. */
  Tars file(String name, byte[] content) {
    return entry(name, '0', octal(content.length), content);
  }

  /** Adds anything. */
  Tars entry(String name, char type, byte[] size, byte[] content) {
    byte[] header = new byte[512];
    put(header, 0, name.getBytes(StandardCharsets.UTF_8), 100);
    put(header, 100, "0000644\0".getBytes(StandardCharsets.US_ASCII), 8);
    put(header, 124, size, 12);
    header[156] = (byte) type;
    put(header, 257, "ustar\00000".getBytes(StandardCharsets.US_ASCII), 8);
    sign(header);
    bytes.writeBytes(header);
    bytes.writeBytes(Arrays.copyOf(content, Math.ceilDiv(content.length, 512) * 512));
    return this;
  }

  private static void put(byte[] header, int at, byte[] value, int most) {
    System.arraycopy(value, 0, header, at, Math.min(value.length, most));
  }

  /** Sets a header's sum of bytes. */
  static void sign(byte[] header) {
    Arrays.fill(header, 148, 156, (byte) ' ');
    int sum = 0;
    for (int i = 0; i < 512; i++) {
      sum += header[i] & 255;
    }
    put(
        header,
        148,
        String.format(Locale.ROOT, "%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII),
        8);
  }

  static byte[] octal(long value) {
    return String.format(Locale.ROOT, "%011o\0", value).getBytes(StandardCharsets.US_ASCII);
  }

  /** The archive with its two empty blocks. */
  byte[] ended() {
    bytes.writeBytes(new byte[1024]);
    return bytes.toByteArray();
  }

  /** The archive without an end. */
  byte[] open() {
    return bytes.toByteArray();
  }
}
