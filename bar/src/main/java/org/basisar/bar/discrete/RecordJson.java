package org.basisar.bar.discrete;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.basisar.bar.train.RunConfig;
import org.basisar.nn.io.JsonValue;
import org.basisar.nn.io.JsonValue.JsonArray;
import org.basisar.nn.io.JsonValue.JsonObject;
import org.basisar.nn.io.JsonValue.JsonString;

/**
 * Records of numbers, truth values, strings, lists of strings, enums and records as JSON objects
 * with the components' names; every key is required and unknown ones are refused.
 */
final class RecordJson {
  /** Components that came later, with the values that runs had before. */
  private static final Map<String, Object> LATER =
      Map.of("heldOut", 0, "latents", RunConfig.Latents.NONE);

  private RecordJson() {}

  static JsonObject write(Record values) {
    JsonObject.Builder json = JsonObject.builder();
    for (RecordComponent component : values.getClass().getRecordComponents()) {
      String name = component.getName();
      Object value;
      try {
        value = Objects.requireNonNull(component.getAccessor().invoke(values));
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalStateException("cannot read component " + name, e);
      }
      switch (value) {
        case Record inner -> json.put(name, write(inner));
        case Enum<?> choice -> json.put(name, lower(choice));
        case String text -> json.put(name, text);
        case Boolean truth -> json.put(name, truth);
        case Double number -> json.put(name, number);
        case Integer number -> json.put(name, number.longValue());
        case Long number -> json.put(name, number);
        case List<?> list ->
            json.put(name, JsonArray.ofStrings(list.stream().map(String::valueOf).toList()));
        default -> throw new IllegalStateException("component " + name + " has no JSON form");
      }
    }
    return json.build();
  }

  /**
   * The record that was written.
   *
   * @throws IllegalArgumentException if a value does not fit, in one sentence
   * @throws org.basisar.nn.io.JsonException if a key is missing, unknown, or of another kind
   */
  static <R extends Record> R read(Class<R> type, JsonObject json) {
    RecordComponent[] components = type.getRecordComponents();
    json.requireOnly(
        Arrays.stream(components).map(RecordComponent::getName).collect(Collectors.toSet()));
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    Object[] values =
        Arrays.stream(components)
            .map(component -> {
              Object later = LATER.get(component.getName());
              return later != null && !json.has(component.getName())
                  ? later
                  : value(component.getType(), json, component.getName());
            })
            .toArray();
    try {
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refused) {
        throw refused;
      }
      throw new IllegalStateException("cannot make " + type.getSimpleName(), e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot make " + type.getSimpleName(), e);
    }
  }

  private static Object value(Class<?> type, JsonObject json, String name) {
    if (type == int.class) {
      return json.intAt(name);
    }
    if (type == long.class) {
      return json.longAt(name);
    }
    if (type == double.class) {
      return json.doubleAt(name);
    }
    if (type == boolean.class) {
      return json.booleanAt(name);
    }
    if (type == String.class) {
      return json.stringAt(name);
    }
    if (type == List.class) {
      return strings(json.arrayAt(name), name);
    }
    if (type.isEnum()) {
      return choice(Objects.requireNonNull(type.getEnumConstants()), json.stringAt(name), name);
    }
    return read(type.asSubclass(Record.class), json.objectAt(name));
  }

  private static Object choice(Object[] constants, String text, String name) {
    List<String> known = new ArrayList<>();
    for (Object constant : constants) {
      String word = lower((Enum<?>) constant);
      if (word.equals(text)) {
        return constant;
      }
      known.add(word);
    }
    throw new IllegalArgumentException(name + " is \"" + text + "\" but must be one of " + known);
  }

  private static List<String> strings(JsonArray array, String name) {
    List<String> strings = new ArrayList<>();
    for (JsonValue value : array.elements()) {
      if (!(value instanceof JsonString string)) {
        throw new IllegalArgumentException(name + " must hold strings");
      }
      strings.add(string.value());
    }
    return strings;
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
