package org.basisar.nn.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.basisar.nn.io.SafeTensorsException.Reason;
import org.basisar.tensor.DType;
import org.basisar.tensor.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafeTensorsTest {
  @TempDir Path folder;

  @Test
  void bytesArePinned() throws IOException {
    Path file = folder.resolve("tiny.safetensors");
    new SafeTensorsWriter()
        .metadata("format", "bar")
        .addBytes("u", Shape.of(3), new byte[] {1, 2, -1}, 0)
        .addFloats("f", Shape.of(1, 2), new float[] {1, -2}, 0)
        .addBf16("h", Shape.SCALAR, new float[] {1}, 0)
        .write(file);
    String header =
        "{\"__metadata__\":{\"format\":\"bar\"},"
            + "\"f\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]},"
            + "\"h\":{\"dtype\":\"BF16\",\"shape\":[],\"data_offsets\":[8,10]},"
            + "\"u\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[10,13]}}";
    byte[] bytes = Files.readAllBytes(file);
    int length = (header.length() + 7) / 8 * 8;
    assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong()).isEqualTo(length);
    assertThat(new String(bytes, 8, length, StandardCharsets.UTF_8))
        .isEqualTo(header + " ".repeat(length - header.length()));
    assertThat(HexFormat.of().formatHex(bytes, 8 + length, bytes.length))
        .isEqualTo("0000803f" + "000000c0" + "803f" + "0102ff");
  }

  @Test
  void emptyFileIsPinned() throws IOException {
    Path file = folder.resolve("empty.safetensors");
    new SafeTensorsWriter().write(file);
    assertThat(Files.readAllBytes(file))
        .isEqualTo("\10\0\0\0\0\0\0\0{}      ".getBytes(StandardCharsets.US_ASCII));
    try (SafeTensorsReader reader = SafeTensorsReader.open(file)) {
      assertThat(reader.names()).isEmpty();
      assertThat(reader.metadata()).isEmpty();
      assertThatThrownBy(() -> reader.entry("x"))
          .hasMessageEndingWith("no tensor \"x\"; it has none");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 31, 33, 113, 1023, 16_383, 16_385, 100_003})
  void everyTypeComesBackBitForBit(int size) {
    Random random = new Random(size);
    int offset = 5;
    double[] doubles = new double[size + 9];
    float[] floats = new float[size + 9];
    short[] bf16 = new short[size + 9];
    int[] ints = new int[size + 9];
    byte[] bytes = new byte[size + 9];
    for (int i = 0; i < size + 9; i++) {
      doubles[i] = Double.longBitsToDouble(random.nextLong());
      floats[i] = Float.intBitsToFloat(random.nextInt());
      bf16[i] = (short) random.nextInt();
      ints[i] = random.nextInt();
    }
    random.nextBytes(bytes);
    // Signalling and quiet NaNs with payloads, both signs, and the negative zero.
    long[] special = {0x7ff0_0000_0000_0001L, 0xfff8_dead_beef_0001L, 0x8000_0000_0000_0000L};
    for (int i = 0; i < Math.min(3, size); i++) {
      doubles[offset + i] = Double.longBitsToDouble(special[i]);
      floats[offset + i] =
          Float.intBitsToFloat((int) (special[i] >>> 32) | (i < 2 ? 0x7f80_0001 : 0));
    }
    Shape shape = Shape.of(1, size);
    Path file = folder.resolve("all.safetensors");
    new SafeTensorsWriter()
        .addBytes("bytes", shape, bytes, offset)
        .addInts("ints", shape, ints, offset)
        .addBf16Bits("bf16", shape, bf16, offset)
        .addFloats("floats", shape, floats, offset)
        .addDoubles("doubles", shape, doubles, offset)
        .write(file);
    double[] doublesBack = new double[size + 4];
    float[] floatsBack = new float[size + 4];
    short[] bf16Back = new short[size + 4];
    int[] intsBack = new int[size + 4];
    byte[] bytesBack = new byte[size + 4];
    try (SafeTensorsReader reader = SafeTensorsReader.open(file)) {
      // Empty tensors all lie at the same place; there the name decides.
      assertThat(reader.names())
          .containsExactlyElementsOf(
              size == 0
                  ? List.of("bf16", "bytes", "doubles", "floats", "ints")
                  : List.of("doubles", "floats", "ints", "bf16", "bytes"));
      assertThat(reader.entry("bf16"))
          .isEqualTo(new StoredTensor("bf16", StoredType.BF16, shape, 2L * size));
      assertThat(reader.entries().stream().map(StoredTensor::dtype))
          .containsExactlyInAnyOrder(DType.F64, DType.F32, DType.I32, DType.BF16, DType.U8);
      reader.readDoubles("doubles", doublesBack, 3);
      reader.readFloats("floats", floatsBack, 3);
      reader.readBf16Bits("bf16", bf16Back, 3);
      reader.readInts("ints", intsBack, 3);
      reader.readBytes("bytes", bytesBack, 3);
    }
    for (int i = 0; i < size; i++) {
      assertThat(
              Double.doubleToRawLongBits(doublesBack[3 + i])
                  == Double.doubleToRawLongBits(doubles[offset + i]))
          .isTrue();
      assertThat(
              Float.floatToRawIntBits(floatsBack[3 + i])
                  == Float.floatToRawIntBits(floats[offset + i]))
          .isTrue();
    }
    assertThat(Arrays.copyOfRange(bf16Back, 3, 3 + size))
        .isEqualTo(Arrays.copyOfRange(bf16, offset, offset + size));
    assertThat(Arrays.copyOfRange(intsBack, 3, 3 + size))
        .isEqualTo(Arrays.copyOfRange(ints, offset, offset + size));
    assertThat(Arrays.copyOfRange(bytesBack, 3, 3 + size))
        .isEqualTo(Arrays.copyOfRange(bytes, offset, offset + size));
    // Nothing before or behind the destination range was touched.
    assertThat(doublesBack[2] == 0 && doublesBack[size + 3] == 0).isTrue();
    assertThat(floatsBack[2] == 0 && floatsBack[size + 3] == 0).isTrue();
    assertThat(bytesBack[2] == 0 && bytesBack[size + 3] == 0).isTrue();
  }

  @Test
  void widensExactlyAndRoundsOnlyIntoBf16() {
    float[] values = {1, -0f, 3.1415927f, Float.MAX_VALUE, Float.NaN, 0x1.01p0f, 0x1.03p0f};
    Shape shape = Shape.of(values.length);
    Path file = folder.resolve("widen.safetensors");
    new SafeTensorsWriter()
        .addFloats("f32", shape, values, 0)
        .addBf16("bf16", shape, values, 0)
        .addBytes("u8", Shape.of(2), new byte[] {0, -1}, 0)
        .write(file);
    try (SafeTensorsReader reader = SafeTensorsReader.open(file)) {
      double[] doubles = new double[values.length];
      reader.readDoubles("f32", doubles, 0);
      float[] floats = new float[values.length];
      reader.readFloats("bf16", floats, 0);
      double[] wide = new double[values.length];
      reader.readDoubles("bf16", wide, 0);
      for (int i = 0; i < values.length; i++) {
        assertThat(Double.compare(doubles[i], values[i])).isZero();
        assertThat(Float.compare(floats[i], DType.fromBf16(DType.toBf16(values[i])))).isZero();
        assertThat(Double.compare(wide[i], floats[i])).isZero();
      }
      // Ties go to the even neighbour: 1 + 2^-8 down, 1 + 3·2^-8 up.
      assertThat(floats[5]).isEqualTo(1f);
      assertThat(floats[6]).isEqualTo(1.015625f);
      int[] ints = new int[2];
      reader.readInts("u8", ints, 0);
      assertThat(ints).containsExactly(0, 255);
    }
  }

  @Test
  void readsHalvesAndListsWhatItCannotRead() throws IOException {
    String header =
        "{\"half\":{\"dtype\":\"F16\",\"shape\":[3],\"data_offsets\":[0,6]},"
            + "\"long\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[6,14]},"
            + "\"flag\":{\"dtype\":\"BOOL\",\"shape\":[1],\"data_offsets\":[14,15]}}";
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    Path file = folder.resolve("other.safetensors");
    Files.write(
        file,
        ByteBuffer.allocate(8 + json.length + 15)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(json.length)
            .put(json)
            .putShort((short) 0x3c00)
            .putShort((short) 0xc500)
            .putShort((short) 0x0001)
            .putLong(-42)
            .put((byte) 1)
            .array());
    try (SafeTensorsReader reader = SafeTensorsReader.open(file)) {
      float[] floats = new float[3];
      reader.readFloats("half", floats, 0);
      assertThat(floats).containsExactly(1f, -5f, 0x1p-24f);
      double[] doubles = new double[3];
      reader.readDoubles("half", doubles, 0);
      assertThat(doubles).containsExactly(1, -5, 0x1p-24);
      assertThatThrownBy(() -> reader.readInts("long", new int[1], 0))
          .isInstanceOfSatisfying(
              SafeTensorsException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.UNSUPPORTED_TYPE))
          .hasMessage(
              file
                  + " stores tensor \"long\" as I64, which cannot be read as ints; read it as what"
                  + " it is or convert the file");
      assertThatThrownBy(() -> reader.entry("flag").dtype())
          .hasMessage(
              "tensor \"flag\" is stored as BOOL, which has no tensor type here; convert the file"
                  + " to F32");
      MemorySegment raw = reader.raw("long");
      assertThat(raw.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0))
          .isEqualTo(-42);
      assertThat(raw.isReadOnly()).isTrue();
      assertThat(raw.byteSize()).isEqualTo(8);
    }
  }

  @Test
  void refusesEveryLossyRead() {
    Path file = folder.resolve("lossy.safetensors");
    Shape one = Shape.of(1);
    new SafeTensorsWriter()
        .addDoubles("F64", one, new double[1], 0)
        .addFloats("F32", one, new float[1], 0)
        .addBf16("BF16", one, new float[1], 0)
        .addInts("I32", one, new int[1], 0)
        .addBytes("U8", one, new byte[1], 0)
        .write(file);
    try (SafeTensorsReader reader = SafeTensorsReader.open(file)) {
      Map<String, String> readable =
          Map.of(
              "F64", "doubles",
              "F32", "floats doubles",
              "BF16", "floats doubles bits",
              "I32", "ints",
              "U8", "ints bytes");
      readable.forEach((name, ways) -> {
        check(ways, "floats", () -> reader.readFloats(name, new float[1], 0));
        check(ways, "doubles", () -> reader.readDoubles(name, new double[1], 0));
        check(ways, "ints", () -> reader.readInts(name, new int[1], 0));
        check(ways, "bytes", () -> reader.readBytes(name, new byte[1], 0));
        check(ways, "bits", () -> reader.readBf16Bits(name, new short[1], 0));
      });
    }
  }

  private static void check(String ways, String way, Runnable read) {
    if (ways.contains(way)) {
      read.run();
    } else {
      assertThatThrownBy(read::run)
          .isInstanceOfSatisfying(
              SafeTensorsException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.UNSUPPORTED_TYPE));
    }
  }

  @Test
  void checksDestinationAndLifetime() {
    Path file = folder.resolve("one.safetensors");
    new SafeTensorsWriter().addFloats("a", Shape.of(3), new float[3], 0).write(file);
    SafeTensorsReader reader = SafeTensorsReader.open(file);
    assertThatThrownBy(() -> reader.readFloats("a", new float[3], 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> reader.readFloats("a", new float[9], -1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> reader.readFloats("b", new float[3], 0))
        .isInstanceOf(SafeTensorsException.class)
        .hasMessage(file + " has no tensor \"b\"; it has \"a\"");
    reader.close();
    assertThatThrownBy(() -> reader.readFloats("a", new float[3], 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("was closed");
    assertThatThrownBy(reader::close).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void bytesDoNotDependOnTheOrderOfCalls() throws IOException {
    Path left = folder.resolve("left");
    Path right = folder.resolve("right");
    new SafeTensorsWriter()
        .metadata("b", "2")
        .metadata("a", "1")
        .addInts("y", Shape.of(2), new int[] {1, 2}, 0)
        .addFloats("x", Shape.of(1), new float[] {3}, 0)
        .addFloats("grüße/😀", Shape.of(1), new float[] {4}, 0)
        .write(left);
    new SafeTensorsWriter()
        .addFloats("grüße/😀", Shape.of(1), new float[] {4}, 0)
        .addFloats("x", Shape.of(1), new float[] {3}, 0)
        .metadata("a", "1")
        .addInts("y", Shape.of(2), new int[] {1, 2}, 0)
        .metadata("b", "2")
        .write(right);
    assertThat(right).hasSameBinaryContentAs(left);
    try (SafeTensorsReader reader = SafeTensorsReader.open(left)) {
      assertThat(reader.names()).containsExactly("grüße/😀", "x", "y");
      assertThat(reader.metadata()).isEqualTo(Map.of("a", "1", "b", "2"));
    }
  }

  @Test
  void streamsInPiecesOfAnySize() {
    int size = 70_001;
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = i;
    }
    Path file = folder.resolve("pieces.safetensors");
    TensorSource source =
        sink -> {
          for (int done = 0, piece = 0; done < size; done += piece) {
            piece = Math.min(size - done, 1 + (done * 7) % 20_011);
            sink.floats(values, done, piece);
          }
        };
    new SafeTensorsWriter()
        .add("f32", DType.F32, Shape.of(size), source)
        .add("bf16", DType.BF16, Shape.of(size), source)
        .add(
            "raw",
            DType.I32,
            Shape.of(2),
            sink -> {
              sink.raw(ByteBuffer.wrap(new byte[] {1, 0, 0, 0}));
              sink.raw(ByteBuffer.wrap(new byte[] {2, 0, 0, 0}));
            })
        .write(file);
    try (SafeTensorsReader reader = SafeTensorsReader.open(file)) {
      float[] back = new float[size];
      reader.readFloats("f32", back, 0);
      assertThat(back).isEqualTo(values);
      reader.readFloats("bf16", back, 0);
      for (int i = 0; i < size; i++) {
        assertThat(back[i] == DType.fromBf16(DType.toBf16(values[i]))).isTrue();
      }
      int[] ints = new int[2];
      reader.readInts("raw", ints, 0);
      assertThat(ints).containsExactly(1, 2);
    }
  }

  @Test
  void failedWriteLeavesTheOldFileAlone() throws IOException {
    Path file = folder.resolve("model.safetensors");
    new SafeTensorsWriter().addInts("old", Shape.of(1), new int[] {7}, 0).write(file);
    byte[] before = Files.readAllBytes(file);
    assertFails(Reason.SOURCE_LENGTH, "1 elements short", sink -> sink.ints(new int[2], 0, 2));
    assertFails(Reason.SOURCE_LENGTH, "1 elements more", sink -> sink.ints(new int[4], 0, 4));
    assertFails(
        Reason.UNSUPPORTED_TYPE, "delivers floats", sink -> sink.floats(new float[3], 0, 3));
    assertFails(
        Reason.UNWRITABLE,
        "cannot be written: the device is gone",
        _ -> {
          throw new IOException("the device is gone");
        });
    assertThatThrownBy(() ->
            new SafeTensorsWriter()
                .add(
                    "a",
                    DType.U8,
                    Shape.of(1),
                    _ -> {
                      throw new IllegalStateException("bug");
                    })
                .write(file))
        .isInstanceOf(IllegalStateException.class);
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  private void assertFails(Reason reason, String part, TensorSource source) {
    SafeTensorsWriter writer = new SafeTensorsWriter().add("a", DType.I32, Shape.of(3), source);
    assertThatThrownBy(() -> writer.write(folder.resolve("model.safetensors")))
        .isInstanceOfSatisfying(
            SafeTensorsException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(part);
  }

  @Test
  void writingOverAnOpenFileKeepsTheReaderWhole() {
    Path file = folder.resolve("model.safetensors");
    new SafeTensorsWriter().addInts("a", Shape.of(1), new int[] {7}, 0).write(file);
    try (SafeTensorsReader old = SafeTensorsReader.open(file)) {
      new SafeTensorsWriter().addInts("a", Shape.of(1), new int[] {8}, 0).write(file);
      int[] values = new int[2];
      old.readInts("a", values, 0);
      try (SafeTensorsReader fresh = SafeTensorsReader.open(file)) {
        fresh.readInts("a", values, 1);
      }
      assertThat(values).containsExactly(7, 8);
    }
  }

  @Test
  void refusesNamesThatAreTakenAndFilesAsFolders() throws IOException {
    SafeTensorsWriter writer = new SafeTensorsWriter().addInts("a", Shape.of(0), new int[0], 0);
    assertThatThrownBy(() -> writer.addBytes("a", Shape.of(0), new byte[0], 0))
        .hasMessage("two tensors are named \"a\"; give each its own name");
    assertThatThrownBy(() -> writer.addBytes("__metadata__", Shape.of(0), new byte[0], 0))
        .isInstanceOf(SafeTensorsException.class);
    assertThatThrownBy(() -> writer.addFloats("b", Shape.of(2), new float[2], 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    Files.createFile(folder.resolve("plain"));
    assertThatThrownBy(() -> writer.write(folder.resolve("plain/file")))
        .isInstanceOfSatisfying(
            SafeTensorsException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNWRITABLE));
  }
}
