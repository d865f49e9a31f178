package org.basisar.nn.io.pytorch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.basisar.nn.io.pytorch.TorchFileException.Reason;

/** A place in the bytes of a pickle. Sets aside no more memory than there are bytes left. */
final class PickleCursor {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble BIG_DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final MemorySegment bytes;
  private final String what;
  private long at;

  PickleCursor(MemorySegment bytes, long start, String what) {
    this.bytes = bytes;
    this.at = start;
    this.what = what;
  }

  long position() {
    return at;
  }

  String what() {
    return what;
  }

  private long take(long count) {
    if (count > bytes.byteSize() - at) {
      throw new TorchFileException(
          Reason.PICKLE, what + " ends in the middle of its pickle; copy it again");
    }
    long start = at;
    at += count;
    return start;
  }

  int unsignedByte() {
    return Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, take(1)));
  }

  int unsignedShort() {
    return unsignedByte() | unsignedByte() << 8;
  }

  int signedInt() {
    return bytes.get(INT, take(4));
  }

  long unsignedInt() {
    return Integer.toUnsignedLong(signedInt());
  }

  double real() {
    return bytes.get(BIG_DOUBLE, take(8));
  }

  void skip(long count) {
    take(count);
  }

  /** A signed whole number of that many bytes, least byte first. */
  BigInteger whole(int count) {
    long start = take(count);
    byte[] reversed = new byte[count];
    for (int i = 0; i < count; i++) {
      reversed[count - 1 - i] = bytes.get(ValueLayout.JAVA_BYTE, start + i);
    }
    return count == 0 ? BigInteger.ZERO : new BigInteger(reversed);
  }

  String text(long count) {
    byte[] utf8 = bytes.asSlice(take(count), count).toArray(ValueLayout.JAVA_BYTE);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new TorchFileException(
          Reason.PICKLE, what + " has a string in its pickle that is not in UTF-8", e);
    }
  }

  /** A string of Python 2, which has bytes and no encoding. */
  String oldText(long count) {
    byte[] latin = bytes.asSlice(take(count), count).toArray(ValueLayout.JAVA_BYTE);
    return new String(latin, StandardCharsets.ISO_8859_1);
  }

  /** The text up to the next line feed, without it. */
  String line() {
    long end = at;
    while (end < bytes.byteSize() && bytes.get(ValueLayout.JAVA_BYTE, end) != '\n') {
      end++;
    }
    String line = text(end - at);
    take(1);
    return line;
  }
}
