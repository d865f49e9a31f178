package org.basisar.nn.io.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.basisar.nn.io.StoredTensor;
import org.basisar.nn.io.StoredType;
import org.basisar.nn.io.TensorFile;
import org.basisar.nn.io.pytorch.TorchFileException.Reason;
import org.basisar.tensor.DType;
import org.basisar.tensor.Shape;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TorchFileTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {KnownFiles.ZIP, KnownFiles.DEFLATED, KnownFiles.LEGACY})
  void readsWhatPythonPickled(String base64) throws Exception {
    Path path = folder.resolve("known.pth");
    Files.write(path, KnownFiles.bytes(base64));
    try (TorchFile file = TorchFile.open(path)) {
      assertThat(file.hasDictionary("model")).isTrue();
      assertThat(file.hasDictionary("epoch")).isFalse();
      Map<TorchValue, TorchValue> root = members(file.root());
      assertThat(root.get(text("epoch"))).isEqualTo(TorchValue.Whole.of(-3));
      assertThat(root.get(text("big")))
          .isEqualTo(new TorchValue.Whole(BigInteger.ONE.shiftLeft(40)));
      assertThat(root.get(text("name"))).isEqualTo(text("größe"));
      Map<TorchValue, TorchValue> args = members(root.get(text("args")));
      assertThat(args)
          .containsEntry(text("blr"), new TorchValue.Real(5e-5))
          .containsEntry(text("model"), text("xar_base"));
      TensorFile model = file.tensors("model");
      assertThat(model.entries())
          .containsExactly(
              new StoredTensor("w", StoredType.F32, Shape.of(2, 3), 24),
              new StoredTensor("wt", StoredType.F32, Shape.of(3, 2), 24),
              new StoredTensor("tail", StoredType.F32, Shape.of(2), 8),
              new StoredTensor("half", StoredType.F16, Shape.of(3), 6));
      assertThat(floats(model, "w", 6)).containsExactly(1.5f, -2, 3, 4, 5, 6.25f);
      assertThat(floats(model, "wt", 6)).containsExactly(1.5f, 4, -2, 5, 3, 6.25f);
      assertThat(floats(model, "tail", 2)).containsExactly(5, 6.25f);
      assertThat(floats(model, "half", 3)).containsExactly(1, -0.5f, 65504);
      TensorFile all = file.tensors();
      assertThat(all.contains("model.w")).isTrue();
      int[] step = new int[1];
      all.readInts("optimizer.state.0.step", step, 0);
      assertThat(step).containsExactly(77);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 31, 33, 113, 1023})
  void readsBackWhatTheWriterWrote(int size) {
    float[] floats = new float[size];
    double[] doubles = new double[size];
    int[] ints = new int[size];
    byte[] bytes = new byte[size];
    short[] bits = new short[size];
    for (int i = 0; i < size; i++) {
      floats[i] = Float.intBitsToFloat(i * 0x9e3779b9);
      doubles[i] = Math.sqrt(i);
      ints[i] = i * 0x9e3779b9;
      bytes[i] = (byte) i;
      bits[i] = (short) (i * 31);
    }
    Shape shape = Shape.of(1, size, 1);
    Path path = folder.resolve("written.pth");
    new TorchWriter()
        .addFloats("f", shape, floats, 0)
        .addDoubles("d", shape, doubles, 0)
        .addInts("i", shape, ints, 0)
        .addBytes("b", shape, bytes, 0)
        .addBf16Bits("h", shape, bits, 0)
        .write(path, "outer", "model");
    try (TorchFile file = TorchFile.open(path)) {
      TensorFile tensors = file.tensors("outer", "model");
      assertThat(tensors.entries())
          .extracting(StoredTensor::name)
          .containsExactly("f", "d", "i", "b", "h");
      assertThat(tensors.entry("f").shape()).isEqualTo(shape);
      float[] readFloats = new float[size + 2];
      tensors.readFloats("f", readFloats, 1);
      for (int i = 0; i < size; i++) {
        assertThat(Float.floatToRawIntBits(readFloats[i + 1]))
            .isEqualTo(Float.floatToRawIntBits(floats[i]));
      }
      double[] readDoubles = new double[size];
      tensors.readDoubles("d", readDoubles, 0);
      assertThat(readDoubles).isEqualTo(doubles);
      int[] readInts = new int[size];
      tensors.readInts("i", readInts, 0);
      assertThat(readInts).isEqualTo(ints);
      byte[] readBytes = new byte[size];
      tensors.readBytes("b", readBytes, 0);
      assertThat(readBytes).isEqualTo(bytes);
      short[] readBits = new short[size];
      tensors.readBf16Bits("h", readBits, 0);
      assertThat(readBits).isEqualTo(bits);
    }
  }

  @Test
  void partsBeginAtMultiplesOf64AndWideRecordsMeanTheSame() throws Exception {
    TorchWriter writer =
        new TorchWriter()
            .addFloats("first", Shape.of(3), new float[] {1, 2, 3}, 0)
            .addFloats("second", Shape.of(1), new float[] {4}, 0);
    for (long wideFrom : new long[] {0xffffffffL, 0}) {
      Path path = folder.resolve("wide" + wideFrom);
      try (var channel =
          FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        writer.write(new ZipWriter(channel, wideFrom));
      }
      byte[] bytes = Files.readAllBytes(path);
      int at =
          find(
              bytes,
              ByteBuffer.allocate(12)
                  .order(ByteOrder.LITTLE_ENDIAN)
                  .putFloat(1)
                  .putFloat(2)
                  .putFloat(3)
                  .array());
      assertThat(at).isPositive();
      assertThat(at % 64).isZero();
      try (TorchFile file = TorchFile.open(path)) {
        assertThat(floats(file.tensors(), "first", 3)).containsExactly(1, 2, 3);
        assertThat(floats(file.tensors(), "second", 1)).containsExactly(4);
      }
    }
  }

  private static int find(byte[] bytes, byte[] wanted) {
    for (int at = 0; at + wanted.length <= bytes.length; at++) {
      if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
        return at;
      }
    }
    return -1;
  }

  @Test
  void refusesWhatTheStoredTypeCannotGive() {
    Path path = folder.resolve("types.pth");
    new TorchWriter()
        .addDoubles("d", Shape.of(1), new double[] {0.1}, 0)
        .addInts("i", Shape.of(1), new int[] {3}, 0)
        .write(path);
    try (TorchFile file = TorchFile.open(path)) {
      TensorFile tensors = file.tensors();
      assertReason(() -> tensors.readFloats("d", new float[1], 0), Reason.UNSUPPORTED_TYPE, "F64");
      assertReason(() -> tensors.readBytes("i", new byte[1], 0), Reason.UNSUPPORTED_TYPE, "I32");
      assertReason(() -> tensors.readBf16Bits("i", new short[1], 0), Reason.UNSUPPORTED_TYPE, "");
      assertReason(() -> tensors.readInts("d", new int[1], 0), Reason.UNSUPPORTED_TYPE, "ints");
      assertReason(() -> tensors.entry("none"), Reason.NO_SUCH_ENTRY, "\"none\"");
      assertReason(() -> file.tensors("model"), Reason.NO_SUCH_ENTRY, "model");
      assertThatThrownBy(() -> tensors.readInts("i", new int[1], 1))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void numbersOverIntAreNotCutWhenReadAsInts() {
    byte[] pickle =
        PickleBytes.start()
            .ops("}(")
            .text("n")
            .global("torch._utils", "_rebuild_tensor_v2")
            .ops("(")
            .storage("LongStorage", "0", 1)
            .whole(0)
            .tuple()
            .tuple()
            .op(0x89)
            .ops("NtRu")
            .stop();
    byte[] data = {0, 0, 0, 0, 1, 0, 0, 0};
    byte[] bytes = new ZipBytes().stored("a/data.pkl", pickle).stored("a/data/0", data).bytes();
    try (TorchFile file = TorchFile.over(bytes, "test")) {
      TensorFile tensors = file.tensors();
      assertReason(
          () -> tensors.readInts("n", new int[1], 0), Reason.UNSUPPORTED_TYPE, "4294967296");
    }
  }

  @Test
  void aClosedFileIsNotRead() {
    Path path = folder.resolve("closed.pth");
    new TorchWriter().addFloats("f", Shape.of(1), new float[1], 0).write(path);
    TensorFile tensors = TorchFile.open(path).tensors();
    tensors.close();
    assertThatThrownBy(() -> tensors.readFloats("f", new float[1], 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void saysWhatTheSystemRefuses() {
    assertReason(
        () -> TorchFile.open(folder.resolve("absent")), Reason.UNREADABLE, "does not exist");
    assertReason(() -> TorchFile.open(folder), Reason.UNREADABLE, "cannot be read");
    TorchWriter writer = new TorchWriter().addFloats("f", Shape.of(1), new float[1], 0);
    assertReason(() -> writer.write(folder), Reason.UNWRITABLE, "is a folder");
    assertReason(
        () -> writer.addFloats("f", Shape.of(1), new float[1], 0), Reason.DUPLICATE_NAME, "twice");
  }

  @Test
  void aFailedWriteLeavesTheOldFile() throws Exception {
    Path path = folder.resolve("old.pth");
    Files.writeString(path, "old");
    TorchWriter writer =
        new TorchWriter()
            .add(
                "f",
                DType.F32,
                Shape.of(2),
                sink -> {
                  throw new IOException("no more");
                });
    assertReason(() -> writer.write(path), Reason.UNWRITABLE, "no more");
    assertThat(Files.readString(path)).isEqualTo("old");
    try (var files = Files.list(folder)) {
      assertThat(files.toList()).isEqualTo(List.of(path));
    }
  }

  private static Map<TorchValue, TorchValue> members(@Nullable TorchValue value) {
    if (value instanceof TorchValue.Dictionary(var members)) {
      return members;
    }
    throw new AssertionError("no dict: " + value);
  }

  private static TorchValue.Text text(String value) {
    return new TorchValue.Text(value);
  }

  private static float[] floats(TensorFile tensors, String name, int size) {
    float[] values = new float[size];
    tensors.readFloats(name, values, 0);
    return values;
  }

  private static void assertReason(ThrowingCallable call, Reason reason, String part) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            TorchFileException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(reason);
              assertThat(e.getMessage()).contains(part);
            });
  }
}
