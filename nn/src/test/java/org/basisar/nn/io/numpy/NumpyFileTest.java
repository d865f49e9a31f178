package org.basisar.nn.io.numpy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.basisar.nn.io.numpy.NumpyException.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumpyFileTest {
  @TempDir Path folder;

  private Path file(String base64) throws IOException {
    return Files.write(folder.resolve("known"), KnownArrays.bytes(base64));
  }

  @Test
  void readsWhatNumpyWroteColumnByColumn() throws IOException {
    try (NumpyReader reader = NumpyFile.open(file(KnownArrays.COLUMN_MAJOR))) {
      assertThat(reader.header()).isEqualTo(new NumpyHeader(NumpyType.F64, true, List.of(2, 3)));
      assertThat(reader.allDoubles(6)).containsExactly(0.5, 1.5, 2.5, 3.5, 4.5, 5.5);
    }
  }

  @Test
  void readsStoredArchivesOfNumpy() throws IOException {
    try (NumpyArchive archive = NumpyArchive.open(file(KnownArrays.STATISTICS))) {
      assertThat(archive.names()).containsExactly("mu", "sigma");
      try (NumpyReader mu = archive.array("mu");
          NumpyReader sigma = archive.array("sigma")) {
        assertThat(mu.allFloats(3)).containsExactly(1, 2, 3);
        assertThat(sigma.header().describe()).isEqualTo("<f8 (3, 3)");
        assertThat(sigma.allDoubles(9)).containsExactly(1, 0, 0, 0, 1, 0, 0, 0, 1);
      }
    }
  }

  @Test
  void readsDeflatedArchivesOfNumpyInPieces() throws IOException {
    try (NumpyArchive archive = NumpyArchive.open(file(KnownArrays.SAMPLES));
        NumpyReader samples = archive.array("arr_0");
        NumpyReader number = archive.array("n")) {
      assertThat(samples.header().hasShape(1, 2, 4, 3)).isTrue();
      byte[] bytes = new byte[26];
      samples.readBytes(bytes, 1, 7);
      samples.readBytes(bytes, 8, 17);
      for (int i = 0; i < 24; i++) {
        assertThat(bytes[1 + i]).isEqualTo((byte) i);
      }
      assertThat(samples.remaining()).isZero();
      assertThat(number.header().extents()).isEmpty();
      long[] value = new long[1];
      number.readLongs(value, 0, 1);
      assertThat(value).containsExactly(7);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 31, 33, 1023, 20_000})
  void everyTypeComesBackAsItWasWritten(int count) throws IOException {
    double[] doubles = new double[count];
    float[] floats = new float[count];
    int[] ints = new int[count];
    long[] longs = new long[count];
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      doubles[i] = Math.sin(i) * 1e30;
      floats[i] = (float) Math.cos(i);
      ints[i] = i * 0x9e3779b9;
      longs[i] = i * 0x9e3779b97f4a7c15L;
      bytes[i] = (byte) i;
    }
    Path plain = folder.resolve("plain.npz");
    Path packed = folder.resolve("packed.npz");
    NumpyArchiveWriter.Content content =
        archive -> {
          archive.add("d", NumpyHeader.of(NumpyType.F64, count), w -> w.doubles(doubles, 0, count));
          archive.add("f", NumpyHeader.of(NumpyType.F32, count), w -> w.floats(floats, 0, count));
          archive.add("i", NumpyHeader.of(NumpyType.I32, count), w -> w.ints(ints, 0, count));
          archive.add("l", NumpyHeader.of(NumpyType.I64, count), w -> w.longs(longs, 0, count));
          archive.add("b", NumpyHeader.of(NumpyType.U8, count), w -> w.bytes(bytes, 0, count));
        };
    NumpyArchiveWriter.write(plain, content);
    NumpyArchiveWriter.writeCompressed(packed, content);
    for (Path file : List.of(plain, packed)) {
      double[] doublesBack = new double[count];
      float[] floatsBack = new float[count];
      long[] back = new long[count];
      byte[] bytesBack = new byte[count];
      try (NumpyArchive archive = NumpyArchive.open(file)) {
        try (NumpyReader reader = archive.array("d")) {
          reader.readDoubles(doublesBack, 0, count);
        }
        try (NumpyReader reader = archive.array("f")) {
          reader.readFloats(floatsBack, 0, count);
        }
        assertThat(doublesBack).isEqualTo(doubles);
        assertThat(floatsBack).isEqualTo(floats);
        try (NumpyReader reader = archive.array("l")) {
          reader.readLongs(back, 0, count);
        }
        assertThat(back).isEqualTo(longs);
        try (NumpyReader reader = archive.array("i")) {
          reader.readLongs(back, 0, count);
        }
        assertThat(back).isEqualTo(java.util.Arrays.stream(ints).asLongStream().toArray());
        try (NumpyReader reader = archive.array("b")) {
          reader.readBytes(bytesBack, 0, count);
        }
        assertThat(bytesBack).isEqualTo(bytes);
      }
    }
  }

  @Test
  void aSingleArrayComesBackAndItsHeaderIsAligned() throws IOException {
    Path file = folder.resolve("one.npy");
    NumpyFile.write(
        file, NumpyHeader.of(NumpyType.F32, 2, 2), w -> w.floats(new float[] {1, 2, 3, 4}, 0, 4));
    assertThat(Files.size(file)).isEqualTo(128 + 16);
    try (NumpyReader reader = NumpyFile.open(file)) {
      assertThat(reader.allDoubles(4)).containsExactly(1, 2, 3, 4);
    }
  }

  @Test
  void theSameArraysAreTheSameBytes() throws IOException {
    NumpyArchiveWriter.Content content =
        archive ->
            archive.add(
                "a", NumpyHeader.of(NumpyType.U8, 3), w -> w.bytes(new byte[] {1, 2, 3}, 0, 3));
    NumpyArchiveWriter.write(folder.resolve("one"), content);
    NumpyArchiveWriter.write(folder.resolve("two"), content);
    assertThat(folder.resolve("one")).hasSameBinaryContentAs(folder.resolve("two"));
  }

  @Test
  void tooFewOrTooManyElementsLeaveNoFile() {
    Path file = folder.resolve("none.npz");
    for (int given : new int[] {2, 4}) {
      assertThatThrownBy(() ->
              NumpyArchiveWriter.write(
                  file,
                  archive ->
                      archive.add(
                          "a",
                          NumpyHeader.of(NumpyType.U8, 3),
                          w -> w.bytes(new byte[4], 0, given))))
          .isInstanceOf(IllegalStateException.class);
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void namesAreWrittenOnce() {
    NumpyHeader empty = NumpyHeader.of(NumpyType.U8, 0);
    assertThatThrownBy(() ->
            NumpyArchiveWriter.write(
                folder.resolve("twice.npz"),
                archive -> {
                  archive.add("a", empty, _ -> {});
                  archive.add("a", empty, _ -> {});
                }))
        .isInstanceOfSatisfying(
            NumpyException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NAME));
  }

  @Test
  void wrongQuestionsAreAnsweredInASentence() throws IOException {
    try (NumpyArchive archive = NumpyArchive.open(file(KnownArrays.STATISTICS))) {
      assertThatThrownBy(() -> archive.array("nu"))
          .hasMessageContaining("has no array \"nu\"; it has \"mu\", \"sigma\"");
      try (NumpyReader sigma = archive.array("sigma")) {
        assertThatThrownBy(() -> sigma.allDoubles(8)).hasMessageContaining("more than 8 numbers");
        assertThatThrownBy(() -> sigma.readBytes(new byte[9], 0, 9))
            .hasMessageContaining("holds <f8 where |u1 is needed");
        assertThatThrownBy(() -> sigma.readDoubles(new double[10], 0, 10))
            .isInstanceOf(IndexOutOfBoundsException.class);
      }
    }
    assertThatThrownBy(() -> NumpyArchive.open(folder.resolve("absent.npz")))
        .hasMessageContaining("there is no such file or folder");
    assertThatThrownBy(() -> NumpyArchive.open(folder)).hasMessageContaining("is a folder");
    assertThatThrownBy(() -> NumpyFile.open(folder)).hasMessageContaining("is a folder");
  }
}
