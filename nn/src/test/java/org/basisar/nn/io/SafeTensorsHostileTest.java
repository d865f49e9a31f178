package org.basisar.nn.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.basisar.nn.io.SafeTensorsException.Reason;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SafeTensorsHostileTest {
  private static final Set<Reason> WHILE_OPENING =
      EnumSet.range(Reason.TOO_SHORT, Reason.TRAILING_BYTES);

  /**
   * A file that must be refused.
   *
   * @param part of the message
   */
  record Hostile(String title, ByteBuffer file, Reason reason, String part) {
    @Override
    public String toString() {
      return title;
    }
  }

  static Stream<Hostile> corpus() {
    return Stream.of(front(), json(), entries(), shapes(), offsets(), layout()).flatMap(s -> s);
  }

  private static Stream<Hostile> front() {
    byte[] good = file(entry("a", "F32", "[2]", "[0,8]"), 8);
    return Stream.of(
        raw("empty file", new byte[0], Reason.TOO_SHORT, "has 0 bytes"),
        raw("one byte", new byte[1], Reason.TOO_SHORT, "has 1 bytes"),
        raw("seven bytes", new byte[7], Reason.TOO_SHORT, "has 7 bytes"),
        raw("header length zero", new byte[8], Reason.HEADER_EMPTY, "empty header"),
        raw("length zero, then data", new byte[64], Reason.HEADER_EMPTY, "empty header"),
        raw("only a length", length(2), Reason.HEADER_TRUNCATED, "header of 2 bytes"),
        raw("length one over", withLength(good, good.length - 7), Reason.HEADER_TRUNCATED, ""),
        raw("at the limit", length(100_000_000), Reason.HEADER_TRUNCATED, "100000000"),
        raw("over the limit", length(100_000_001), Reason.HEADER_TOO_LARGE, "100000001"),
        raw(
            "absurd length",
            length(Long.MAX_VALUE),
            Reason.HEADER_TOO_LARGE,
            "9223372036854775807"),
        raw("negative length", length(-1), Reason.HEADER_TOO_LARGE, "18446744073709551615"),
        raw("most negative length", length(Long.MIN_VALUE), Reason.HEADER_TOO_LARGE, "9223372"),
        raw("big-endian length", bigEndian(good), Reason.HEADER_TOO_LARGE, "claims"),
        raw("cut in the header", cut(good, 20), Reason.HEADER_TRUNCATED, "copy it again"),
        raw("length too short", withLength(good, 10), Reason.HEADER_NOT_JSON, "line 1"),
        raw("length one short", withLength(good, 1), Reason.HEADER_NOT_JSON, "the text ends"),
        raw(
            "zip file",
            "PK\3\4abcdefghijklmn".getBytes(StandardCharsets.ISO_8859_1),
            Reason.HEADER_TOO_LARGE,
            "no safetensors file"));
  }

  private static Stream<Hostile> json() {
    return Stream.of(
        header("array", "[]", Reason.HEADER_START, "does not start with '{'"),
        header("number", "1", Reason.HEADER_START, "'{'"),
        header("leading space", " {}", Reason.HEADER_START, "'{'"),
        header("byte order mark", "\ufeff{}", Reason.HEADER_START, "'{'"),
        header("zeros", "\0\0\0\0\0\0\0\0", Reason.HEADER_START, "'{'"),
        header("unclosed", "{", Reason.HEADER_NOT_JSON, "the text ends"),
        header("zero padded", "{}\0\0", Reason.HEADER_NOT_JSON, "the end of the text"),
        header("two objects", "{}{}", Reason.HEADER_NOT_JSON, "the end of the text"),
        header("trailing comma", "{\"a\":1,}", Reason.HEADER_NOT_JSON, "a member name"),
        header("comment", "{/**/}", Reason.HEADER_NOT_JSON, "a member name"),
        header("single quotes", "{'a':1}", Reason.HEADER_NOT_JSON, "a member name"),
        header("deep nesting", "{\"a\":" + "[".repeat(100_000), Reason.HEADER_NOT_JSON, "deeper"),
        header("deep objects", "{\"a\":".repeat(100_000), Reason.HEADER_NOT_JSON, "deeper"),
        header(
            "two million numbers",
            "{\"a\":[" + "0,".repeat(2_000_000) + "0]}",
            Reason.HEADER_NOT_JSON,
            "more than 1048576 values"),
        header("half a character", "{\"\\ud800\":{}}", Reason.HEADER_NOT_JSON, "surrogate"),
        latin("bad name", "{\"\u00ff\":{}}", Reason.HEADER_NOT_UTF8, "0xff"),
        latin("overlong", "{\"\u00c0\u00af\":{}}", Reason.HEADER_NOT_UTF8, "0xc0"),
        latin("cut character", "{\"\u00e2\u0082\":{}}", Reason.HEADER_NOT_UTF8, "0xe2"),
        latin("bad byte outside", "{\u0080}", Reason.HEADER_NOT_UTF8, "0x80"),
        header(
            "duplicate tensor",
            "{" + entry("a", "U8", "[0]", "[0,0]") + "," + entry("a", "U8", "[0]", "[0,0]") + "}",
            Reason.DUPLICATE_NAME,
            "\"a\" appears twice"),
        header(
            "duplicate by escape",
            "{"
                + entry("a", "U8", "[0]", "[0,0]")
                + ","
                + entry("\\u0061", "U8", "[0]", "[0,0]")
                + "}",
            Reason.DUPLICATE_NAME,
            "\"a\" appears twice"),
        header(
            "duplicate metadata",
            "{\"__metadata__\":{},\"__metadata__\":{}}",
            Reason.DUPLICATE_NAME,
            "appears twice"),
        header(
            "duplicate metadata key",
            "{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}",
            Reason.DUPLICATE_NAME,
            "appears twice"),
        header("metadata text", "{\"__metadata__\":\"x\"}", Reason.METADATA, "the string \"x\""),
        header("metadata null", "{\"__metadata__\":null}", Reason.METADATA, "null"),
        header("metadata number", "{\"__metadata__\":{\"a\":1}}", Reason.METADATA, "the number 1"),
        header("metadata nested", "{\"__metadata__\":{\"a\":{}}}", Reason.METADATA, "an object"));
  }

  private static Stream<Hostile> entries() {
    return Stream.of(
        header("entry null", "{\"a\":null}", Reason.ENTRY, "null instead of an object"),
        header("entry array", "{\"a\":[]}", Reason.ENTRY, "an array instead"),
        header("entry empty", "{\"a\":{}}", Reason.ENTRY, "\"dtype\" is missing"),
        header(
            "no shape",
            "{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,0]}}",
            Reason.ENTRY,
            "\"shape\" is missing"),
        header(
            "no offsets",
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[0]}}",
            Reason.ENTRY,
            "\"data_offsets\" is missing"),
        header(
            "unknown field",
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0],\"stride\":[1]}}",
            Reason.ENTRY,
            "unknown member \"stride\""),
        header(
            "duplicate field",
            "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}",
            Reason.DUPLICATE_NAME,
            "\"dtype\" appears twice"),
        header(
            "dtype number",
            "{\"a\":{\"dtype\":1,\"shape\":[0],\"data_offsets\":[0,0]}}",
            Reason.ENTRY,
            "should be a string"),
        header(
            "shape number",
            "{\"a\":{\"dtype\":\"U8\",\"shape\":0,\"data_offsets\":[0,0]}}",
            Reason.ENTRY,
            "should be an array"),
        header(
            "shape null",
            "{\"a\":{\"dtype\":\"U8\",\"shape\":null,\"data_offsets\":[0,0]}}",
            Reason.ENTRY,
            "should be an array"),
        header(
            "offsets object",
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":{}}}",
            Reason.ENTRY,
            "should be an array"),
        one("no such dtype", "F31", "[0]", "[0,0]", 0, Reason.UNKNOWN_TYPE, "\"F31\""),
        one("lower case dtype", "f32", "[0]", "[0,0]", 0, Reason.UNKNOWN_TYPE, "\"f32\""),
        one("empty dtype", "", "[0]", "[0,0]", 0, Reason.UNKNOWN_TYPE, "\"\""),
        one("dtype of another format", "float32", "[0]", "[0,0]", 0, Reason.UNKNOWN_TYPE, ""));
  }

  private static Stream<Hostile> shapes() {
    return Stream.of(
        one("negative extent", "F32", "[-1]", "[0,4]", 4, Reason.EXTENT, "the number -1"),
        one("two negative extents", "F32", "[-1,-1]", "[0,4]", 4, Reason.EXTENT, "the number -1"),
        one("minus zero extent", "F32", "[-0]", "[0,0]", 0, Reason.EXTENT, "the number -0"),
        one("fraction extent", "F32", "[1.0]", "[0,4]", 4, Reason.EXTENT, "the number 1.0"),
        one("exponent extent", "F32", "[1e0]", "[0,4]", 4, Reason.EXTENT, "the number 1e0"),
        one("text extent", "F32", "[\"1\"]", "[0,4]", 4, Reason.EXTENT, "the string \"1\""),
        one("null extent", "F32", "[null]", "[0,4]", 4, Reason.EXTENT, "null"),
        one("nested extent", "F32", "[[1]]", "[0,4]", 4, Reason.EXTENT, "an array"),
        one("boolean extent", "F32", "[true]", "[0,4]", 4, Reason.EXTENT, "true"),
        one("extent 2^31", "U8", "[2147483648]", "[0,0]", 0, Reason.EXTENT, "2147483648"),
        one("extent 2^63", "U8", "[9223372036854775808]", "[0,0]", 0, Reason.EXTENT, "number 9223"),
        one("extent 2^64", "U8", "[18446744073709551616]", "[0,0]", 0, Reason.EXTENT, "number"),
        one("huge extent", "U8", "[" + "9".repeat(5000) + "]", "[0,0]", 0, Reason.EXTENT, "9…"),
        one("product 2^31", "U8", "[65536,32768]", "[0,0]", 0, Reason.SHAPE_OVERFLOW, "2^31-1"),
        one("product wraps int to 0", "U8", "[65536,65536]", "[0,0]", 0, Reason.SHAPE_OVERFLOW, ""),
        one(
            "product wraps long to 0",
            "U8",
            "[65536,65536,65536,65536]",
            "[0,0]",
            0,
            Reason.SHAPE_OVERFLOW,
            ""),
        one(
            "overflow before zero",
            "U8",
            "[2147483647,2147483647,0]",
            "[0,0]",
            0,
            Reason.SHAPE_OVERFLOW,
            ""),
        one("bytes wrap int", "F64", "[536870912]", "[0,0]", 0, Reason.SIZE_MISMATCH, "4294967296"),
        one("shape too small", "F32", "[1]", "[0,8]", 8, Reason.SIZE_MISMATCH, "4 bytes"),
        one("shape too large", "F32", "[3]", "[0,8]", 8, Reason.SIZE_MISMATCH, "12 bytes"),
        one("scalar without bytes", "F32", "[]", "[0,0]", 0, Reason.SIZE_MISMATCH, "4 bytes"),
        one("nothing with bytes", "F32", "[0,5]", "[0,4]", 4, Reason.SIZE_MISMATCH, "0 bytes"),
        one("wrong dtype", "BF16", "[2]", "[0,8]", 8, Reason.SIZE_MISMATCH, "4 bytes"),
        one("half a byte", "F4", "[3]", "[0,1]", 1, Reason.SIZE_MISMATCH, "1 and a fraction"),
        one("six bits", "F6_E2M3", "[3]", "[0,2]", 2, Reason.SIZE_MISMATCH, "2 and a fraction"));
  }

  private static Stream<Hostile> offsets() {
    return Stream.of(
        one("no offsets", "U8", "[0]", "[]", 0, Reason.OFFSETS, "0 data offsets"),
        one("one offset", "U8", "[0]", "[0]", 0, Reason.OFFSETS, "1 data offsets"),
        one("three offsets", "U8", "[0]", "[0,0,0]", 0, Reason.OFFSETS, "3 data offsets"),
        one("negative begin", "U8", "[1]", "[-1,0]", 0, Reason.OFFSETS, "the number -1"),
        one("negative both", "U8", "[1]", "[-2,-1]", 0, Reason.OFFSETS, "the number -2"),
        one("minus zero", "U8", "[1]", "[-0,1]", 1, Reason.OFFSETS, "the number -0"),
        one("fractions", "U8", "[1]", "[0.0,1.0]", 1, Reason.OFFSETS, "the number 0.0"),
        one("exponents", "U8", "[10]", "[0,1e1]", 10, Reason.OFFSETS, "the number 1e1"),
        one("texts", "U8", "[1]", "[\"0\",\"1\"]", 1, Reason.OFFSETS, "the string \"0\""),
        one("nulls", "U8", "[1]", "[null,null]", 1, Reason.OFFSETS, "null"),
        one("backwards", "U8", "[1]", "[1,0]", 1, Reason.OFFSETS, "before it begins"),
        one("end 2^63", "U8", "[1]", "[0,9223372036854775808]", 1, Reason.OFFSETS, "number 92233"),
        one("end 2^63-1", "U8", "[1]", "[0,9223372036854775807]", 1, Reason.SIZE_MISMATCH, ""),
        one(
            "far away",
            "U8",
            "[1]",
            "[9223372036854775806,9223372036854775807]",
            1,
            Reason.HOLE,
            "belong to no tensor"));
  }

  private static Stream<Hostile> layout() {
    String first = entry("a", "U8", "[4]", "[0,4]");
    return Stream.of(
        raw("no data", file(first, 0), Reason.DATA_TRUNCATED, "holds 0 bytes"),
        raw("one byte short", file(first, 3), Reason.DATA_TRUNCATED, "header needs 4"),
        raw("one byte over", file(first, 5), Reason.TRAILING_BYTES, "1 bytes after"),
        raw("no tensor but data", file("", 1), Reason.TRAILING_BYTES, "1 bytes after"),
        raw("second copy appended", file(first, 4096), Reason.TRAILING_BYTES, "4092 bytes"),
        raw("hole at the start", file(entry("a", "U8", "[4]", "[1,5]"), 5), Reason.HOLE, "0 to 1"),
        raw(
            "hole between",
            file(first + "," + entry("b", "U8", "[1]", "[5,6]"), 6),
            Reason.HOLE,
            "bytes 4 to 5"),
        raw(
            "same range",
            file(first + "," + entry("b", "U8", "[4]", "[0,4]"), 4),
            Reason.OVERLAP,
            "\"b\" beginning at byte 0"),
        raw(
            "overlap by one",
            file(first + "," + entry("b", "U8", "[4]", "[3,7]"), 7),
            Reason.OVERLAP,
            "\"b\" beginning at byte 3"),
        raw("inside", file(first + "," + entry("b", "U8", "[1]", "[2,3]"), 4), Reason.OVERLAP, ""),
        raw(
            "empty one inside",
            file(first + "," + entry("b", "U8", "[0]", "[2,2]"), 4),
            Reason.OVERLAP,
            "\"b\" beginning at byte 2"),
        raw(
            "empty one outside",
            file(first + "," + entry("b", "U8", "[0]", "[9,9]"), 4),
            Reason.HOLE,
            "bytes 4 to 9"),
        raw(
            "second cut",
            file(first + "," + entry("b", "F64", "[2]", "[4,20]"), 10),
            Reason.DATA_TRUNCATED,
            "holds 10 bytes"));
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void isRefusedInOneSentence(Hostile hostile, @TempDir Path folder) throws IOException {
    Path file = folder.resolve("hostile.safetensors");
    Files.write(file, hostile.file().array());
    assertThatThrownBy(() -> SafeTensorsReader.open(file))
        .isInstanceOfSatisfying(
            SafeTensorsException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(hostile.reason());
              assertThat(e.getMessage())
                  .startsWith(file.toString())
                  .contains(hostile.part())
                  .hasSizeLessThan(file.toString().length() + 400)
                  .doesNotContain("\n");
            });
  }

  @Test
  void unusualButSoundFilesAreAccepted() {
    List<byte[]> sound =
        List.of(
            file("", 0),
            file("\"__metadata__\":{}", 0),
            bytes("{}\t\r\n  ".getBytes(StandardCharsets.UTF_8), 0),
            // The empty tensor sorts behind by name and before by end.
            file(entry("a", "U8", "[4]", "[0,4]") + "," + entry("z", "U8", "[0]", "[0,0]"), 4),
            file(entry("a", "U8", "[4]", "[0,4]") + "," + entry("z", "U8", "[0]", "[4,4]"), 4),
            file(entry("b", "U8", "[1]", "[1,2]") + "," + entry("a", "U8", "[1]", "[0,1]"), 2),
            file(entry("", "F32", "[]", "[0,4]"), 4),
            file(entry("a", "F32", "[2147483647,0]", "[0,0]"), 0),
            file(entry("a", "F4", "[2,1]", "[0,1]"), 1),
            file(entry("a", "C64", "[1]", "[0,8]"), 8));
    for (byte[] file : sound) {
      try (SafeTensorsReader reader = SafeTensorsReader.over(file, "sound")) {
        assertThat(reader.entries()).allSatisfy(tensor -> assertThat(tensor.shape()).isNotNull());
      }
    }
  }

  @Test
  void corpusIsLargeAndReachesEveryReason() {
    assertThat(corpus().map(Hostile::title).distinct().count()).isEqualTo(corpus().count());
    assertThat(corpus().count()).isGreaterThanOrEqualTo(60);
    assertThat(corpus().map(Hostile::reason)).containsAll(WHILE_OPENING);
  }

  @Test
  void readsNothingOfAHugeSparseFile(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("sparse.safetensors");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.write(length(99_999_999));
      sparse.setLength(1L << 36);
    }
    assertThatThrownBy(() -> SafeTensorsReader.open(file))
        .isInstanceOfSatisfying(
            SafeTensorsException.class, e -> assertThat(e.reason()).isEqualTo(Reason.HEADER_START));
  }

  @Test
  void refusesWhatIsNoFile(@TempDir Path folder) {
    assertThatThrownBy(() -> SafeTensorsReader.open(folder.resolve("absent")))
        .isInstanceOf(SafeTensorsException.class)
        .hasMessageEndingWith("absent does not exist; check the path");
    assertThatThrownBy(() -> SafeTensorsReader.open(folder))
        .isInstanceOfSatisfying(
            SafeTensorsException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNREADABLE));
  }

  @Test
  void mutationsOnlyEverGetRefused() {
    fuzz(100_000, 17);
  }

  @Test
  @Tag("slow")
  void manyMutationsOnlyEverGetRefused() {
    fuzz(20_000_000, System.nanoTime());
  }

  private static void fuzz(int cases, long seed) {
    byte[] good =
        file(
            "\"__metadata__\":{\"format\":\"pt\"},"
                + String.join(
                    ",",
                    entry("a", "F32", "[2,3]", "[0,24]"),
                    entry("b.weight", "BF16", "[5]", "[24,34]"),
                    entry("c", "U8", "[0,7]", "[34,34]"),
                    entry("d", "I32", "[]", "[34,38]")),
            38);
    Random random = new Random(seed);
    EnumSet<Reason> seen = EnumSet.noneOf(Reason.class);
    int accepted = 0;
    for (int i = 0; i < cases; i++) {
      byte[] bytes = Mutation.of(good, random);
      try (SafeTensorsReader reader = SafeTensorsReader.over(bytes, "fuzz")) {
        long total = 0;
        for (StoredTensor tensor : reader.entries()) {
          assertThat(reader.raw(tensor.name()).byteSize() == tensor.byteSize()).isTrue();
          total += tensor.byteSize();
        }
        assertThat(total).isLessThan(bytes.length);
        accepted++;
      } catch (SafeTensorsException e) {
        seen.add(e.reason());
      } catch (RuntimeException | Error e) {
        throw new AssertionError(
            "seed " + seed + ", case " + i + ": " + new String(bytes, StandardCharsets.ISO_8859_1),
            e);
      }
    }
    assertThat(accepted).isGreaterThan(cases / 1000);
    assertThat(seen).hasSizeGreaterThan(12);
  }

  private static Hostile raw(String title, byte[] file, Reason reason, String part) {
    return new Hostile(title, ByteBuffer.wrap(file), reason, part);
  }

  private static Hostile header(String title, String json, Reason reason, String part) {
    return raw("header: " + title, bytes(json.getBytes(StandardCharsets.UTF_8), 0), reason, part);
  }

  private static Hostile latin(String title, String json, Reason reason, String part) {
    return raw(
        "bytes: " + title, bytes(json.getBytes(StandardCharsets.ISO_8859_1), 0), reason, part);
  }

  private static Hostile one(
      String title,
      String dtype,
      String shape,
      String offsets,
      int data,
      Reason reason,
      String part) {
    return raw("tensor: " + title, file(entry("a", dtype, shape, offsets), data), reason, part);
  }

  private static String entry(String name, String dtype, String shape, String offsets) {
    return "\""
        + name
        + "\":{\"dtype\":\""
        + dtype
        + "\",\"shape\":"
        + shape
        + ",\"data_offsets\":"
        + offsets
        + "}";
  }

  private static byte[] file(String members, int data) {
    return bytes(("{" + members + "}").getBytes(StandardCharsets.UTF_8), data);
  }

  private static byte[] bytes(byte[] header, int data) {
    return ByteBuffer.allocate(8 + header.length + data)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .array();
  }

  private static byte[] length(long length) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
  }

  private static byte[] withLength(byte[] file, long length) {
    byte[] copy = file.clone();
    System.arraycopy(length(length), 0, copy, 0, 8);
    return copy;
  }

  private static byte[] bigEndian(byte[] file) {
    return withLength(
        file, Long.reverseBytes(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong()));
  }

  private static byte[] cut(byte[] file, int length) {
    return Arrays.copyOf(file, length);
  }
}
