package org.basisar.nn.io;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.basisar.nn.io.JsonException.Reason;
import org.basisar.nn.io.JsonValue.JsonArray;
import org.basisar.nn.io.JsonValue.JsonBoolean;
import org.basisar.nn.io.JsonValue.JsonNull;
import org.basisar.nn.io.JsonValue.JsonNumber;
import org.basisar.nn.io.JsonValue.JsonObject;
import org.basisar.nn.io.JsonValue.JsonString;

/**
 * Recursive descent over the bytes. Working on bytes rather than on a decoded string lets a bad
 * sequence be reported where it stands, and keeps a large hostile header from being copied whole.
 */
final class JsonParser {
  private final byte[] text;
  private int at;
  private int values;

  JsonParser(byte[] text) {
    this.text = text;
  }

  JsonValue parse() {
    if (startsWithByteOrderMark()) {
      throw fault(
          Reason.SYNTAX, 0, "the text starts with a byte order mark; save it as plain UTF-8");
    }
    skipSpace();
    JsonValue value = value(0);
    skipSpace();
    if (at < text.length) {
      throw unexpected("the end of the text");
    }
    return value;
  }

  private boolean startsWithByteOrderMark() {
    return text.length >= 3
        && text[0] == (byte) 0xef
        && text[1] == (byte) 0xbb
        && text[2] == (byte) 0xbf;
  }

  private JsonValue value(int depth) {
    if (++values > Json.MAX_VALUES) {
      throw fault(Reason.TOO_MANY_VALUES, at, "there are more than " + Json.MAX_VALUES + " values");
    }
    return switch (peek()) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> new JsonString(string());
      case 't' -> literal("true", new JsonBoolean(true));
      case 'f' -> literal("false", new JsonBoolean(false));
      case 'n' -> literal("null", JsonNull.NULL);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      default -> throw unexpected("a value");
    };
  }

  private JsonObject object(int depth) {
    enter(depth);
    LinkedHashMap<String, JsonValue> members = new LinkedHashMap<>();
    if (skipEmpty('}')) {
      return new JsonObject(members);
    }
    do {
      skipSpace();
      int nameAt = at;
      if (peek() != '"') {
        throw unexpected("a member name in double quotes");
      }
      String name = string();
      skipSpace();
      if (peek() != ':') {
        throw unexpected("':' after the member name");
      }
      at++;
      skipSpace();
      if (members.putIfAbsent(name, value(depth + 1)) != null) {
        throw fault(
            Reason.DUPLICATE_NAME,
            nameAt,
            "the member " + Json.quote(name) + " appears twice; keep one");
      }
    } while (another('}'));
    return new JsonObject(members);
  }

  private JsonArray array(int depth) {
    enter(depth);
    List<JsonValue> elements = new ArrayList<>();
    if (skipEmpty(']')) {
      return new JsonArray(elements);
    }
    do {
      skipSpace();
      elements.add(value(depth + 1));
    } while (another(']'));
    return new JsonArray(elements);
  }

  private void enter(int depth) {
    if (depth >= Json.MAX_DEPTH) {
      throw fault(
          Reason.TOO_DEEP, at, "arrays and objects nest deeper than " + Json.MAX_DEPTH + " levels");
    }
    at++;
  }

  private boolean skipEmpty(char close) {
    skipSpace();
    if (peek() != close) {
      return false;
    }
    at++;
    return true;
  }

  private boolean another(char close) {
    skipSpace();
    int next = peek();
    if (next != ',' && next != close) {
      throw unexpected("',' or '" + close + "'");
    }
    at++;
    return next == ',';
  }

  private JsonValue literal(String word, JsonValue value) {
    for (int i = 0; i < word.length(); i++, at++) {
      if (peek() != word.charAt(i)) {
        throw unexpected(word);
      }
    }
    return value;
  }

  private JsonNumber number() {
    int start = at;
    if (peek() == '-') {
      at++;
    }
    if (peek() == '0') {
      at++;
    } else {
      digits();
    }
    if (peek() == '.') {
      at++;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      at++;
      if (peek() == '+' || peek() == '-') {
        at++;
      }
      digits();
    }
    return new JsonNumber(new String(text, start, at - start, StandardCharsets.ISO_8859_1));
  }

  private void digits() {
    int start = at;
    while (peek() >= '0' && peek() <= '9') {
      at++;
    }
    if (at == start) {
      throw unexpected("a digit");
    }
  }

  private String string() {
    int opened = at++;
    StringBuilder escaped = null;
    int chunk = at;
    while (true) {
      int next = peek();
      if (next == '"') {
        String tail = decode(chunk, at++);
        return escaped == null ? tail : escaped.append(tail).toString();
      } else if (next == '\\') {
        if (escaped == null) {
          escaped = new StringBuilder();
        }
        escaped.append(decode(chunk, at++));
        escape(escaped);
        chunk = at;
      } else if (next < 0) {
        throw fault(Reason.SYNTAX, opened, "the string that starts here never ends");
      } else if (next < 0x20) {
        throw fault(
            Reason.SYNTAX, at, String.format("the control character U+%04X must be escaped", next));
      } else {
        at++;
      }
    }
  }

  private void escape(StringBuilder out) {
    int escapeAt = at - 1;
    int kind = peek();
    at++;
    switch (kind) {
      case '"', '\\', '/' -> out.append((char) kind);
      case 'b' -> out.append('\b');
      case 'f' -> out.append('\f');
      case 'n' -> out.append('\n');
      case 'r' -> out.append('\r');
      case 't' -> out.append('\t');
      case 'u' -> {
        char first = hexadecimal();
        if (!Character.isSurrogate(first)) {
          out.append(first);
          return;
        }
        if (Character.isHighSurrogate(first) && peek() == '\\') {
          at++;
          if (peek() == 'u') {
            at++;
            char second = hexadecimal();
            if (Character.isLowSurrogate(second)) {
              out.append(first).append(second);
              return;
            }
          }
        }
        throw fault(Reason.SYNTAX, escapeAt, "the escape is half of a surrogate pair");
      }
      default -> throw fault(Reason.SYNTAX, escapeAt, "this escape does not exist in JSON");
    }
  }

  private char hexadecimal() {
    int value = 0;
    for (int i = 0; i < 4; i++, at++) {
      int digit = peek() < 0x80 ? Character.digit(peek(), 16) : -1;
      if (digit < 0) {
        throw unexpected("four hexadecimal digits after \\u");
      }
      value = value << 4 | digit;
    }
    return (char) value;
  }

  private String decode(int from, int to) {
    boolean ascii = true;
    for (int i = from; i < to && ascii; i++) {
      ascii = text[i] >= 0;
    }
    if (ascii) {
      return new String(text, from, to - from, StandardCharsets.ISO_8859_1);
    }
    ByteBuffer bytes = ByteBuffer.wrap(text, from, to - from);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException _) {
      throw notUtf8(bytes.position());
    }
  }

  private void skipSpace() {
    while (at < text.length
        && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t')) {
      at++;
    }
  }

  /** The byte at hand as 0 … 255, or -1 at the end. */
  private int peek() {
    return at < text.length ? text[at] & 0xff : -1;
  }

  private JsonException unexpected(String expected) {
    int next = peek();
    String found;
    if (next < 0) {
      found = "the text ends";
    } else if (next >= 0x80) {
      // Lead bytes tell the length of their sequence; anything malformed fails in decode.
      int length = next >= 0xf0 ? 4 : next >= 0xe0 ? 3 : 2;
      found = "found " + Json.quote(decode(at, Math.min(text.length, at + length)));
    } else {
      found = "found " + Json.quote(String.valueOf((char) next));
    }
    return fault(Reason.SYNTAX, at, "expected " + expected + " but " + found);
  }

  private JsonException notUtf8(int where) {
    return fault(
        Reason.NOT_UTF8,
        where,
        String.format("the byte 0x%02x is not UTF-8 here; save the text as UTF-8", text[where]));
  }

  private JsonException fault(Reason reason, int where, String what) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < Math.min(where, text.length); i++) {
      if (text[i] == '\n') {
        line++;
        column = 1;
      } else if ((text[i] & 0xc0) != 0x80) {
        column++;
      }
    }
    return new JsonException(
        reason, "line " + line + ", column " + column + ": " + what, line, column);
  }
}
