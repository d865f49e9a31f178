package org.basisar.nn.io;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.basisar.nn.io.JsonException.Reason;

/**
 * One JSON value. Immutable, and valid by construction: whatever exists can be written and read
 * back to an equal value.
 */
public sealed interface JsonValue {

  /**
   * An object. Members keep their order when written; two objects are equal whatever their order.
   *
   * @param members name to value, copied
   */
  record JsonObject(SequencedMap<String, JsonValue> members) implements JsonValue {
    /** Copies the members. */
    public JsonObject {
      members = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(members));
      members.keySet().forEach(JsonValue::requireUnicode);
    }

    /** Starts an object. */
    public static Builder builder() {
      return new Builder();
    }

    /** Whether a member of this name exists. */
    public boolean has(String name) {
      return members.containsKey(name);
    }

    /**
     * The member of this name.
     *
     * @throws JsonException if there is none
     */
    public JsonValue at(String name) {
      JsonValue value = members.get(name);
      if (value == null) {
        throw new JsonException(
            Reason.MISSING_NAME, "the member " + Json.quote(name) + " is missing; add it");
      }
      return value;
    }

    /** The string of this name; throws {@link JsonException} if missing or of another type. */
    public String stringAt(String name) {
      if (at(name) instanceof JsonString text) {
        return text.value();
      }
      throw wrong(name, "a string");
    }

    /** The whole number of this name; throws {@link JsonException} if missing or anything else. */
    public long longAt(String name) {
      if (at(name) instanceof JsonNumber number && number.isLong()) {
        return number.longValue();
      }
      throw wrong(name, "a whole number of at most 64 bits");
    }

    /** The whole number of this name; throws {@link JsonException} if missing or over 32 bits. */
    public int intAt(String name) {
      long value = longAt(name);
      if (value == (int) value) {
        return (int) value;
      }
      throw wrong(name, "a whole number of at most 32 bits");
    }

    /** The finite number of this name; throws {@link JsonException} if missing or anything else. */
    public double doubleAt(String name) {
      if (at(name) instanceof JsonNumber number && number.isFinite()) {
        return number.doubleValue();
      }
      throw wrong(name, "a number within the range of a double");
    }

    /** The boolean of this name; throws {@link JsonException} if missing or of another type. */
    public boolean booleanAt(String name) {
      if (at(name) instanceof JsonBoolean bool) {
        return bool.value();
      }
      throw wrong(name, "true or false");
    }

    /** The object of this name; throws {@link JsonException} if missing or of another type. */
    public JsonObject objectAt(String name) {
      if (at(name) instanceof JsonObject object) {
        return object;
      }
      throw wrong(name, "an object");
    }

    /** The array of this name; throws {@link JsonException} if missing or of another type. */
    public JsonArray arrayAt(String name) {
      if (at(name) instanceof JsonArray array) {
        return array;
      }
      throw wrong(name, "an array");
    }

    /**
     * Refuses members that nobody reads, so that a misspelt option is not silently a default.
     *
     * @throws JsonException naming all of them
     */
    public void requireOnly(Set<String> known) {
      List<String> unknown =
          members.keySet().stream().filter(name -> !known.contains(name)).map(Json::quote).toList();
      if (!unknown.isEmpty()) {
        throw new JsonException(
            Reason.UNKNOWN_NAME,
            "unknown "
                + (unknown.size() == 1 ? "member " : "members ")
                + Json.list(unknown)
                + "; the known ones are "
                + Json.list(new TreeSet<>(known).stream().map(Json::quote).toList()));
      }
    }

    private JsonException wrong(String name, String expected) {
      return new JsonException(
          Reason.WRONG_TYPE,
          "the member "
              + Json.quote(name)
              + " should be "
              + expected
              + " but is "
              + Json.describe(at(name)));
    }

    /** Collects the members of an object in order. Not safe for concurrent use. */
    public static final class Builder {
      private final LinkedHashMap<String, JsonValue> members = new LinkedHashMap<>();

      private Builder() {}

      /**
       * Adds a member.
       *
       * @throws IllegalArgumentException if the name is taken
       */
      public Builder put(String name, JsonValue value) {
        if (members.putIfAbsent(name, value) != null) {
          throw new IllegalArgumentException("two members are named " + Json.quote(name));
        }
        return this;
      }

      /** Adds a string. */
      public Builder put(String name, String value) {
        return put(name, new JsonString(value));
      }

      /** Adds a whole number. */
      public Builder put(String name, long value) {
        return put(name, JsonNumber.of(value));
      }

      /** Adds a finite number. */
      public Builder put(String name, double value) {
        return put(name, JsonNumber.of(value));
      }

      /** Adds a boolean. */
      public Builder put(String name, boolean value) {
        return put(name, new JsonBoolean(value));
      }

      /** The object with the members added so far. */
      public JsonObject build() {
        return new JsonObject(members);
      }
    }
  }

  /**
   * An array.
   *
   * @param elements the values in order, copied
   */
  record JsonArray(List<JsonValue> elements) implements JsonValue {
    /** Copies the elements. */
    public JsonArray {
      elements = List.copyOf(elements);
    }

    /** An array of whole numbers. */
    public static JsonArray ofLongs(long... values) {
      List<JsonValue> elements = new ArrayList<>(values.length);
      for (long value : values) {
        elements.add(JsonNumber.of(value));
      }
      return new JsonArray(elements);
    }

    /** An array of strings. */
    public static JsonArray ofStrings(List<String> values) {
      return new JsonArray(values.stream().<JsonValue>map(JsonString::new).toList());
    }
  }

  /**
   * A string.
   *
   * @param value the characters; every surrogate must be paired
   */
  record JsonString(String value) implements JsonValue {
    /** Refuses unpaired surrogates with {@link IllegalArgumentException}. */
    public JsonString {
      requireUnicode(value);
    }
  }

  /**
   * A number, kept as it was written, so that no digit is lost on the way through.
   *
   * @param text the literal, such as {@code -1.5e3}
   */
  record JsonNumber(String text) implements JsonValue {
    private static final Pattern GRAMMAR =
        Pattern.compile("-?(?:0|[1-9][0-9]*+)(?:\\.[0-9]++)?(?:[eE][+-]?[0-9]++)?");

    /** Refuses a text that is not a JSON number with {@link IllegalArgumentException}. */
    public JsonNumber {
      if (!GRAMMAR.matcher(text).matches()) {
        throw new IllegalArgumentException(Json.quote(text) + " is not a JSON number");
      }
    }

    /** The number with this value. */
    public static JsonNumber of(long value) {
      return new JsonNumber(Long.toString(value));
    }

    /**
     * The shortest number that reads back as this value.
     *
     * @throws IllegalArgumentException for NaN and the infinities, which JSON cannot hold
     */
    public static JsonNumber of(double value) {
      return new JsonNumber(Double.toString(value));
    }

    /** Whether the literal has neither fraction nor exponent and fits a long. */
    public boolean isLong() {
      // A 64-bit value has at most 19 digits and a sign; the guard keeps a huge literal cheap.
      if (text.length() > 20 || !text.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'))) {
        return false;
      }
      try {
        long _ = Long.parseLong(text);
        return true;
      } catch (NumberFormatException _) {
        return false;
      }
    }

    /**
     * The value as a long.
     *
     * @throws JsonException if not {@link #isLong()}
     */
    public long longValue() {
      if (!isLong()) {
        throw new JsonException(
            Reason.WRONG_TYPE, Json.shorten(text) + " is not a whole number of at most 64 bits");
      }
      return Long.parseLong(text);
    }

    /** Whether the nearest double is finite. */
    public boolean isFinite() {
      return Double.isFinite(Double.parseDouble(text));
    }

    /**
     * The nearest double.
     *
     * @throws JsonException if the number is beyond the largest double
     */
    public double doubleValue() {
      double value = Double.parseDouble(text);
      if (!Double.isFinite(value)) {
        throw new JsonException(
            Reason.WRONG_TYPE, Json.shorten(text) + " is beyond the largest double");
      }
      return value;
    }
  }

  /**
   * True or false.
   *
   * @param value which of the two
   */
  record JsonBoolean(boolean value) implements JsonValue {}

  /** The null literal. */
  enum JsonNull implements JsonValue {
    /** The only one. */
    NULL
  }

  private static void requireUnicode(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) {
        continue;
      }
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else {
        throw new IllegalArgumentException(
            "the character at index " + i + " is half of a surrogate pair; UTF-8 cannot hold it");
      }
    }
  }
}
