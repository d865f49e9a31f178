package org.basisar.nn.io.numpy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.basisar.nn.io.Json;
import org.basisar.nn.io.numpy.NumpyException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Reads the dictionary before an array: three keys, each once, with a text, a truth value and a
 * tuple of whole numbers. It is a literal of Python's language, of which nothing else is
 * understood.
 */
final class HeaderParser {
  /** NumPy itself refuses to read longer ones. */
  private static final int MAX_BYTES = 10_000;

  private final String what;
  private final String text;
  private int at;

  private HeaderParser(String what, String text) {
    this.what = what;
    this.text = text;
  }

  /** A header and how many bytes it took. */
  record Parsed(NumpyHeader header, int bytes) {}

  /** Reads signature, version and dictionary; the stream is then at the first element. */
  static Parsed read(InputStream in, String what) throws IOException {
    byte[] start = in.readNBytes(NumpyHeader.SIGNATURE.length + 2);
    if (start.length < NumpyHeader.SIGNATURE.length + 2
        || Arrays.mismatch(start, NumpyHeader.SIGNATURE) < NumpyHeader.SIGNATURE.length) {
      throw new NumpyException(
          Reason.FORMAT, what + " does not begin like an array of NumPy; save it with numpy.save");
    }
    int version = start[6];
    if (version < 1 || version > 3 || start[7] != 0) {
      throw new NumpyException(
          Reason.FORMAT,
          what
              + " has the unknown format version "
              + version
              + "."
              + start[7]
              + "; save it with numpy.save");
    }
    int lengthBytes = version == 1 ? 2 : 4;
    byte[] length = in.readNBytes(lengthBytes);
    if (length.length < lengthBytes) {
      throw new NumpyException(Reason.HEADER, what + " ends in its header; copy it again");
    }
    ByteBuffer number = ByteBuffer.wrap(Arrays.copyOf(length, 4)).order(ByteOrder.LITTLE_ENDIAN);
    int bytes = number.getInt();
    if (bytes < 0 || bytes > MAX_BYTES) {
      throw new NumpyException(
          Reason.HEADER,
          what
              + " claims a header of "
              + Integer.toUnsignedString(bytes)
              + " bytes, more than "
              + MAX_BYTES);
    }
    byte[] dictionary = in.readNBytes(bytes);
    if (dictionary.length < bytes) {
      throw new NumpyException(Reason.HEADER, what + " ends in its header; copy it again");
    }
    String text = new String(dictionary, StandardCharsets.ISO_8859_1);
    return new Parsed(new HeaderParser(what, text).header(), start.length + lengthBytes + bytes);
  }

  private NumpyHeader header() {
    NumpyType type = null;
    Boolean columnMajor = null;
    List<Integer> extents = null;
    expect('{');
    while (!taken('}')) {
      String key = quoted();
      expect(':');
      switch (key) {
        case "descr" -> type = once(key, type, type());
        case "fortran_order" -> columnMajor = once(key, columnMajor, truth());
        case "shape" -> extents = once(key, extents, tuple());
        default -> throw fault("has the unknown key " + shown(key) + " in its header");
      }
      if (!taken(',')) {
        expect('}');
        break;
      }
    }
    space();
    if (at < text.length()) {
      throw fault("has something after the dictionary of its header");
    }
    if (type == null || columnMajor == null || extents == null) {
      throw fault("has a header without descr, fortran_order or shape");
    }
    try {
      return new NumpyHeader(type, columnMajor, extents);
    } catch (IllegalArgumentException e) {
      throw new NumpyException(Reason.LIMIT, what + " claims the impossible shape " + extents, e);
    }
  }

  private <T> T once(String key, @Nullable T before, T value) {
    if (before != null) {
      throw fault("has the key " + shown(key) + " twice in its header");
    }
    return value;
  }

  private NumpyType type() {
    space();
    if (at < text.length() && text.charAt(at) == '[') {
      throw new NumpyException(
          Reason.TYPE, what + " holds records of several fields; save each field by itself");
    }
    String description = quoted();
    NumpyType type = NumpyType.of(description);
    if (type != null) {
      return type;
    }
    if (description.contains("O")) {
      throw new NumpyException(
          Reason.TYPE,
          what + " holds Python objects, which could run anything; save plain numbers");
    }
    throw new NumpyException(
        Reason.TYPE,
        what
            + " holds numbers of type "
            + shown(description)
            + "; convert them to <f4, <f8, <i4, <i8 or |u1");
  }

  private boolean truth() {
    space();
    if (text.startsWith("True", at)) {
      at += 4;
      return true;
    }
    if (text.startsWith("False", at)) {
      at += 5;
      return false;
    }
    throw fault("has neither True nor False as fortran_order in its header");
  }

  private List<Integer> tuple() {
    List<Integer> extents = new ArrayList<>();
    expect('(');
    while (!taken(')')) {
      extents.add(whole());
      if (extents.size() > NumpyHeader.MAX_AXES) {
        throw new NumpyException(
            Reason.LIMIT, what + " has more than " + NumpyHeader.MAX_AXES + " axes");
      }
      if (!taken(',')) {
        if (extents.size() == 1) {
          throw fault("has a number in parentheses instead of a shape in its header");
        }
        expect(')');
        break;
      }
    }
    return extents;
  }

  private int whole() {
    space();
    int from = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    int digits = at - from;
    if (digits == 0) {
      throw fault("has a shape that is not made of whole numbers in its header");
    }
    if (digits > 10) {
      throw tooLong(text.substring(from, from + 10) + "...");
    }
    // Python 2 wrote long integers with this letter.
    if (at < text.length() && text.charAt(at) == 'L') {
      at++;
    }
    long value = Long.parseLong(text, from, from + digits, 10);
    if (value > Integer.MAX_VALUE) {
      throw tooLong(String.valueOf(value));
    }
    return (int) value;
  }

  private NumpyException tooLong(String extent) {
    return new NumpyException(
        Reason.LIMIT, what + " claims an axis of length " + extent + ", which is too long");
  }

  private String quoted() {
    space();
    char quote = at < text.length() ? text.charAt(at) : ' ';
    int end = quote == '\'' || quote == '"' ? text.indexOf(quote, at + 1) : -1;
    if (end < 0) {
      throw fault("has a header that is not a dictionary of texts");
    }
    String value = text.substring(at + 1, end);
    if (value.indexOf('\\') >= 0) {
      throw fault("has an escape in its header");
    }
    at = end + 1;
    return value;
  }

  private void expect(char wanted) {
    if (!taken(wanted)) {
      throw fault("has a damaged header: '" + wanted + "' is missing at character " + at);
    }
  }

  private boolean taken(char wanted) {
    space();
    if (at < text.length() && text.charAt(at) == wanted) {
      at++;
      return true;
    }
    return false;
  }

  private void space() {
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\n')) {
      at++;
    }
  }

  private static String shown(String value) {
    return Json.quote(value.length() > 40 ? value.substring(0, 40) : value);
  }

  private NumpyException fault(String words) {
    return new NumpyException(Reason.HEADER, what + " " + words + "; save it with numpy.save");
  }
}
