package org.basisar.nn.io;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.basisar.nn.io.JsonException.Reason;
import org.basisar.nn.io.JsonValue.JsonArray;
import org.basisar.nn.io.JsonValue.JsonBoolean;
import org.basisar.nn.io.JsonValue.JsonNull;
import org.basisar.nn.io.JsonValue.JsonNumber;
import org.basisar.nn.io.JsonValue.JsonObject;
import org.basisar.nn.io.JsonValue.JsonString;

/**
 * Reads and writes JSON (RFC 8259), strictly: one value and nothing after it, no duplicate names,
 * no comments, no trailing commas, well-formed UTF-8 without a byte order mark, no unpaired
 * surrogates. Work and memory are bounded by the length of the text and by the two limits below.
 */
public final class Json {
  /** Deepest nesting of arrays and objects that is read. */
  public static final int MAX_DEPTH = 64;

  /** Most values that one text may hold, names not counted. */
  public static final int MAX_VALUES = 1 << 20;

  private static final int SHOWN = 60;

  private Json() {}

  /**
   * Reads one value.
   *
   * @throws JsonException with line and column of the first fault
   */
  public static JsonValue parse(byte[] utf8) {
    return new JsonParser(utf8).parse();
  }

  /**
   * Reads one value.
   *
   * @throws JsonException with line and column of the first fault
   */
  public static JsonValue parse(String text) {
    ByteBuffer encoded;
    try {
      encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
    } catch (CharacterCodingException _) {
      throw new JsonException(
          Reason.NOT_UTF8, "the text holds half of a surrogate pair, which is not a character");
    }
    byte[] utf8 = new byte[encoded.remaining()];
    encoded.get(utf8);
    return parse(utf8);
  }

  /**
   * Reads one object.
   *
   * @throws JsonException if the text is at fault or holds something else
   */
  public static JsonObject parseObject(byte[] utf8) {
    JsonValue value = parse(utf8);
    if (value instanceof JsonObject object) {
      return object;
    }
    throw new JsonException(Reason.WRONG_TYPE, "expected an object but found " + describe(value));
  }

  /**
   * Writes a value for people: two spaces per level, one member per line, arrays of plain values on
   * one line, a newline at the end. Equal values with members in equal order give equal text.
   */
  public static String write(JsonValue value) {
    StringBuilder out = new StringBuilder();
    writePretty(value, 0, out);
    return out.append('\n').toString();
  }

  /** Writes a value without any white space. */
  public static String writeCompact(JsonValue value) {
    StringBuilder out = new StringBuilder();
    writeCompact(value, out);
    return out.toString();
  }

  private static void writePretty(JsonValue value, int level, StringBuilder out) {
    switch (value) {
      case JsonObject object when !object.members().isEmpty() -> {
        char separator = '{';
        for (var member : object.members().entrySet()) {
          newLine(out.append(separator), level + 1);
          writeString(member.getKey(), out);
          writePretty(member.getValue(), level + 1, out.append(": "));
          separator = ',';
        }
        newLine(out, level).append('}');
      }
      case JsonArray array when array.elements().stream().anyMatch(Json::isNested) -> {
        char separator = '[';
        for (JsonValue element : array.elements()) {
          newLine(out.append(separator), level + 1);
          writePretty(element, level + 1, out);
          separator = ',';
        }
        newLine(out, level).append(']');
      }
      case JsonArray array -> {
        String separator = "[";
        for (JsonValue element : array.elements()) {
          writeCompact(element, out.append(separator));
          separator = ", ";
        }
        out.append(array.elements().isEmpty() ? "[]" : "]");
      }
      default -> writeCompact(value, out);
    }
  }

  private static void writeCompact(JsonValue value, StringBuilder out) {
    switch (value) {
      case JsonObject object -> {
        out.append('{');
        String separator = "";
        for (var member : object.members().entrySet()) {
          writeString(member.getKey(), out.append(separator));
          writeCompact(member.getValue(), out.append(':'));
          separator = ",";
        }
        out.append('}');
      }
      case JsonArray array -> {
        out.append('[');
        String separator = "";
        for (JsonValue element : array.elements()) {
          writeCompact(element, out.append(separator));
          separator = ",";
        }
        out.append(']');
      }
      case JsonString text -> writeString(text.value(), out);
      case JsonNumber number -> out.append(number.text());
      case JsonBoolean bool -> out.append(bool.value());
      case JsonNull _ -> out.append("null");
    }
  }

  private static boolean isNested(JsonValue value) {
    return switch (value) {
      case JsonObject object -> !object.members().isEmpty();
      case JsonArray array -> !array.elements().isEmpty();
      case JsonString _, JsonNumber _, JsonBoolean _, JsonNull _ -> false;
    };
  }

  private static StringBuilder newLine(StringBuilder out, int level) {
    return out.append('\n').repeat(' ', 2 * level);
  }

  private static void writeString(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20 || c == 0x7f) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  /** The text in quotes for a message: escaped, and cut when a hostile file made it long. */
  public static String quote(String text) {
    StringBuilder out = new StringBuilder();
    writeString(shorten(text), out);
    return out.toString();
  }

  static String shorten(String text) {
    if (text.length() <= SHOWN) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(SHOWN - 1)) ? SHOWN - 1 : SHOWN;
    return text.substring(0, end) + "…";
  }

  /** Joins for a message; all of them up to twenty, then a count. */
  static String list(List<String> parts) {
    int shown = Math.min(parts.size(), 20);
    String joined = String.join(", ", parts.subList(0, shown));
    return shown == parts.size() ? joined : joined + " and " + (parts.size() - shown) + " more";
  }

  static String describe(JsonValue value) {
    return switch (value) {
      case JsonObject _ -> "an object";
      case JsonArray _ -> "an array";
      case JsonString text -> "the string " + quote(text.value());
      case JsonNumber number -> "the number " + shorten(number.text());
      case JsonBoolean bool -> Boolean.toString(bool.value());
      case JsonNull _ -> "null";
    };
  }
}
