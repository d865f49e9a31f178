package org.basisar.nn.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.basisar.nn.io.JsonException.Reason;
import org.basisar.nn.io.JsonValue.JsonArray;
import org.basisar.nn.io.JsonValue.JsonBoolean;
import org.basisar.nn.io.JsonValue.JsonNull;
import org.basisar.nn.io.JsonValue.JsonNumber;
import org.basisar.nn.io.JsonValue.JsonObject;
import org.basisar.nn.io.JsonValue.JsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  private static final String EVERYTHING =
      """
      {
        "name": "xar-b \\"quoted\\" \\\\ \\n\\u0001 grüße 😀",
        "steps": 400000,
        "rate": 5.0E-5,
        "resume": true,
        "seed": null,
        "betas": [0.9, 0.95],
        "empty": [],
        "none": {},
        "stages": [
          {
            "width": 768
          },
          [1, 2]
        ]
      }
      """;

  @Test
  void prettyFormIsStable() {
    JsonValue value = Json.parse(EVERYTHING);
    assertThat(Json.write(value)).isEqualTo(EVERYTHING);
    assertThat(Json.parse(Json.writeCompact(value))).isEqualTo(value);
    assertThat(Json.writeCompact(Json.parse(" { \"a\" : [ 1 , { } ] } ")))
        .isEqualTo("{\"a\":[1,{}]}");
  }

  @Test
  void readsEveryKindOfValue() {
    assertThat(Json.parse("null")).isEqualTo(JsonNull.NULL);
    assertThat(Json.parse(" true\r\n\t")).isEqualTo(new JsonBoolean(true));
    assertThat(Json.parse("false")).isEqualTo(new JsonBoolean(false));
    assertThat(Json.parse("-0.5e+10")).isEqualTo(new JsonNumber("-0.5e+10"));
    assertThat(Json.parse("\"\\ud83d\\ude00\\/\\b\\f\\r\\t\\u00DF\""))
        .isEqualTo(new JsonString("😀/\b\f\r\tß"));
    assertThat(Json.parse("[]")).isEqualTo(new JsonArray(List.of()));
  }

  @Test
  void numbersKeepTheirText() {
    String digits = "3.14159265358979323846264338327950288419716939937510";
    assertThat(Json.write(Json.parse(digits))).isEqualTo(digits + "\n");
    assertThat(new JsonNumber("9223372036854775807").longValue()).isEqualTo(Long.MAX_VALUE);
    assertThat(new JsonNumber("-9223372036854775808").longValue()).isEqualTo(Long.MIN_VALUE);
    assertThat(new JsonNumber("9223372036854775808").isLong()).isFalse();
    assertThat(new JsonNumber("1.0").isLong()).isFalse();
    assertThat(new JsonNumber("1e3").isLong()).isFalse();
    assertThat(new JsonNumber("1e3").doubleValue()).isEqualTo(1000);
    assertThat(new JsonNumber("1e999").isFinite()).isFalse();
    assertThatThrownBy(() -> new JsonNumber("1e999").doubleValue())
        .hasMessage("1e999 is beyond the largest double");
    assertThatThrownBy(() -> new JsonNumber("0.5").longValue())
        .hasMessage("0.5 is not a whole number of at most 64 bits");
  }

  @Test
  void doublesComeBackBitForBit() {
    Random random = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value)) {
        String text = Json.write(JsonNumber.of(value));
        assertThat(((JsonNumber) Json.parse(text)).doubleValue()).isEqualTo(value);
      }
    }
    assertThatThrownBy(() -> JsonNumber.of(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[",
        "\"",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,",
        "{\"a\":1,}",
        "[1,]",
        "[,]",
        "[1 2]",
        "{1:2}",
        "{a:1}",
        "{'a':1}",
        "{\"a\" 1}",
        "{\"a\":1 \"b\":2}",
        "nul",
        "nulll",
        "True",
        "NaN",
        "Infinity",
        "-Infinity",
        "+1",
        "01",
        "-01",
        "1.",
        ".5",
        "1.e3",
        "1e",
        "1e+",
        "--1",
        "-",
        "0x10",
        "1_000",
        "1 2",
        "[] []",
        "{} x",
        "// c\n1",
        "/* */1",
        "1 // c",
        "\"\\x\"",
        "\"\\",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\u+123\"",
        "\"\\ud800\"",
        "\"\\ud800x\"",
        "\"\\ud800\\n\"",
        "\"\\ud800\\ud800\"",
        "\"\\udc00\"",
        "\"\t\"",
        "\"\n\"",
        "\"\u0000\"",
        "\u00a0 1",
        "\ufeff1",
        "é",
        "]",
        "}",
        ":",
        ",",
        "[1}",
        "{\"a\":1]"
      })
  void refusesWhatIsNotJson(String text) {
    assertThatThrownBy(() -> Json.parse(text))
        .isInstanceOfSatisfying(
            JsonException.class, e -> assertThat(e.reason()).isEqualTo(Reason.SYNTAX));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "22 80 22",
        "22 c0 af 22",
        "22 c3 22",
        "22 e2 82 22",
        "22 ed a0 80 22",
        "22 f4 90 80 80 22",
        "22 f8 88 80 80 80 22",
        "22 ff 22",
        "ff",
        "5b 80 5d",
        "22 61 fe 62 22",
        "7b 22 c1 81 22 3a 31 7d"
      })
  void refusesWhatIsNotUtf8(String hexadecimal) {
    byte[] bytes = new byte[(hexadecimal.length() + 1) / 3];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Integer.parseInt(hexadecimal.substring(3 * i, 3 * i + 2), 16);
    }
    assertThatThrownBy(() -> Json.parse(bytes))
        .isInstanceOfSatisfying(
            JsonException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_UTF8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":1,|1|8|expected a member name in double quotes but the text ends",
        "{\\n  \"ä\": ?|2|8|expected a value but found \"?\"",
        "[1,\\n\\n2 3]|3|3|expected ',' or ']' but found \"3\"",
        "{\"a\":1,\\n\"a\":2}|2|1|the member \"a\" appears twice; keep one",
        "\"abc|1|1|the string that starts here never ends",
        "[\"\\q\"]|1|3|this escape does not exist in JSON",
        "[é]|1|2|expected a value but found \"é\""
      })
  void namesThePlace(String text, int line, int column, String message) {
    String lines = text.replace("\\n", "\n");
    JsonException e = catchThrowableOfType(JsonException.class, () -> Json.parse(lines));
    assertThat(e).hasMessage("line " + line + ", column " + column + ": " + message);
    assertThat(e.line()).isEqualTo(line);
    assertThat(e.column()).isEqualTo(column);
  }

  @Test
  void limitsDepthAndCount() {
    String deepest = "[".repeat(Json.MAX_DEPTH) + "]".repeat(Json.MAX_DEPTH);
    assertThat(Json.writeCompact(Json.parse(deepest))).isEqualTo(deepest);
    assertReason(Reason.TOO_DEEP, "[" + deepest + "]");
    assertReason(Reason.TOO_DEEP, "[".repeat(10_000_000));
    assertReason(Reason.TOO_DEEP, "{\"a\":".repeat(100_000));
    assertReason(Reason.TOO_MANY_VALUES, "[" + "0,".repeat(Json.MAX_VALUES) + "0]");
  }

  @Test
  void refusesDuplicateNamesHoweverTheyAreSpelt() {
    assertReason(Reason.DUPLICATE_NAME, "{\"a\":1,\"\\u0061\":2}");
    assertReason(Reason.DUPLICATE_NAME, "[{\"\":1,\"\":1}]");
  }

  @Test
  void refusesHalfCharacters() {
    assertReason(Reason.NOT_UTF8, "\"\ud800\"");
    assertThatThrownBy(() -> new JsonString("a\udc00"))
        .hasMessageContaining("index 1 is half of a surrogate pair");
    assertThatThrownBy(() -> JsonObject.builder().put("\ud83d", 1).build())
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void accessorsSayWhatIsWrong() {
    JsonObject object = Json.parseObject(EVERYTHING.getBytes(StandardCharsets.UTF_8));
    assertThat(object.longAt("steps")).isEqualTo(400_000);
    assertThat(object.intAt("steps")).isEqualTo(400_000);
    assertThat(object.doubleAt("rate")).isEqualTo(5e-5);
    assertThat(object.booleanAt("resume")).isTrue();
    assertThat(object.arrayAt("betas").elements()).hasSize(2);
    assertThat(object.objectAt("none").members()).isEmpty();
    assertThat(object.has("seed")).isTrue();
    assertThat(object.has("sead")).isFalse();
    assertThatThrownBy(() -> object.longAt("sead"))
        .hasMessage("the member \"sead\" is missing; add it");
    assertThatThrownBy(() -> object.longAt("rate"))
        .hasMessage(
            "the member \"rate\" should be a whole number of at most 64 bits but is the number"
                + " 5.0E-5");
    assertThatThrownBy(() -> object.stringAt("betas"))
        .hasMessage("the member \"betas\" should be a string but is an array");
    assertThatThrownBy(() -> JsonObject.builder().put("n", 1L << 31).build().intAt("n"))
        .hasMessageContaining("32 bits");
    assertThatThrownBy(() ->
            JsonObject.builder()
                .put("a", 1)
                .put("b", true)
                .put("c", "")
                .build()
                .requireOnly(Set.of("c", "d")))
        .hasMessage("unknown members \"a\", \"b\"; the known ones are \"c\", \"d\"");
    assertThatThrownBy(() -> Json.parseObject("[]".getBytes(StandardCharsets.UTF_8)))
        .hasMessage("expected an object but found an array");
    assertThatThrownBy(() -> JsonObject.builder().put("a", 1).put("a", 2))
        .hasMessage("two members are named \"a\"");
  }

  @Test
  void randomValuesComeBackEqual() {
    Random random = new Random(11);
    for (int i = 0; i < 1_000; i++) {
      JsonValue value = random(random, 5);
      assertThat(Json.parse(Json.write(value))).isEqualTo(value);
      assertThat(Json.parse(Json.writeCompact(value))).isEqualTo(value);
    }
  }

  @Test
  void mutationsNeverEscape() {
    Random random = new Random(13);
    int refused = 0;
    int accepted = 0;
    for (int i = 0; i < 60_000; i++) {
      byte[] bytes = Mutation.of(EVERYTHING.getBytes(StandardCharsets.UTF_8), random);
      try {
        JsonValue value = Json.parse(bytes);
        assertThat(Json.parse(Json.write(value)).equals(value)).isTrue();
        accepted++;
      } catch (JsonException e) {
        assertThat(e.line() > 0 && e.column() > 0).isTrue();
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(15_000);
    assertThat(accepted).isGreaterThan(300);
  }

  private static void assertReason(Reason reason, String text) {
    assertThatThrownBy(() -> Json.parse(text))
        .isInstanceOfSatisfying(JsonException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  private static JsonValue random(Random random, int depth) {
    return switch (random.nextInt(depth == 0 ? 5 : 7)) {
      case 0 -> JsonNull.NULL;
      case 1 -> new JsonBoolean(random.nextBoolean());
      case 2 -> JsonNumber.of(random.nextLong());
      case 3 -> JsonNumber.of(random.nextGaussian());
      case 4 -> new JsonString(randomText(random));
      case 5 -> {
        List<JsonValue> elements = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          elements.add(random(random, depth - 1));
        }
        yield new JsonArray(elements);
      }
      default -> {
        LinkedHashMap<String, JsonValue> members = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          members.put(randomText(random), random(random, depth - 1));
        }
        yield new JsonObject(members);
      }
    };
  }

  private static String randomText(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      int point = random.nextInt(random.nextBoolean() ? 0x80 : 0x110000);
      if (point < 0xd800 || point > 0xdfff) {
        text.appendCodePoint(point);
      }
    }
    return text.toString();
  }
}
