package org.basisar.nn.io.numpy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Puts arrays and archives together that no writer would write. */
final class NumpyBytes {
  private NumpyBytes() {}

  /** An array of version 1 with any text as its header. */
  static byte[] array(String dictionary, byte[] data) {
    return array(1, 0, dictionary.length(), dictionary, data);
  }

  /** An array whose length of header is the caller's too. */
  static byte[] array(int major, int minor, int claimed, String dictionary, byte[] data) {
    ByteBuffer prefix = ByteBuffer.allocate(major == 1 ? 10 : 12).order(ByteOrder.LITTLE_ENDIAN);
    prefix.put(NumpyHeader.SIGNATURE).put((byte) major).put((byte) minor);
    if (major == 1) {
      prefix.putShort((short) claimed);
    } else {
      prefix.putInt(claimed);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(prefix.array());
    out.writeBytes(dictionary.getBytes(StandardCharsets.ISO_8859_1));
    out.writeBytes(data);
    return out.toByteArray();
  }

  static String dictionary(String description, String shape) {
    return "{'descr': '" + description + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
  }

  /** An archive; {@code parts} are names and bytes in turn. */
  static byte[] zip(boolean deflated, Object... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (int i = 0; i < parts.length; i += 2) {
        byte[] data = (byte[]) parts[i + 1];
        ZipEntry entry = new ZipEntry((String) parts[i]);
        if (!deflated) {
          CRC32 crc = new CRC32();
          crc.update(data);
          entry.setMethod(ZipEntry.STORED);
          entry.setSize(data.length);
          entry.setCrc(crc.getValue());
        }
        zip.putNextEntry(entry);
        zip.write(data);
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Where the first directory entry of an archive begins. */
  static int central(byte[] zip) {
    for (int i = 0; i < zip.length - 4; i++) {
      if (zip[i] == 'P' && zip[i + 1] == 'K' && zip[i + 2] == 1 && zip[i + 3] == 2) {
        return i;
      }
    }
    throw new IllegalStateException("no directory");
  }

  /** A copy with a little-endian number of so many bytes written over it. */
  static byte[] patched(byte[] original, int at, int bytes, long value) {
    byte[] copy = original.clone();
    for (int i = 0; i < bytes; i++) {
      copy[at + i] = (byte) (value >>> (8 * i));
    }
    return copy;
  }
}
