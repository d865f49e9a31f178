package org.basisar.nn.io.numpy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.basisar.nn.io.Mutation;
import org.basisar.nn.io.numpy.NumpyException.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NumpyHostileTest {
  @TempDir Path folder;

  /** A file that must be refused. */
  static final class Hostile {
    private final String title;
    private final Reason reason;
    private final byte[] bytes;

    Hostile(String title, Reason reason, byte[] bytes) {
      this.title = title;
      this.reason = reason;
      this.bytes = bytes;
    }

    @Override
    public String toString() {
      return title;
    }
  }

  private static final String GOOD = NumpyBytes.dictionary("<f4", "(2,)");

  static Stream<Hostile> arrays() {
    List<Hostile> all = new ArrayList<>();
    String[] damaged = {
      "",
      "\n",
      "{}",
      "[]",
      "{'descr': '<f4'}",
      "{'descr': '<f4', 'fortran_order': False}",
      "{'fortran_order': False, 'shape': (2,)}",
      "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}",
      "{'descr': '<f4', 'fortran_order': false, 'shape': (2,)}",
      "{'descr': '<f4', 'fortran_order': None, 'shape': (2,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': 2}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': [2]}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2.0,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1+1,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (0x2,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2,,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2,",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 1}",
      "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'shape': (2,)}",
      "{'descr': '<f4', 'fortran_order': False, 'fortran_order': True, 'shape': (2,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} #",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}{}",
      "{'descr': '<f4' 'fortran_order': False, 'shape': (2,)}",
      "{'descr' '<f4', 'fortran_order': False, 'shape': (2,)}",
      "{descr: '<f4', 'fortran_order': False, 'shape': (2,)}",
      "{'descr': <f4, 'fortran_order': False, 'shape': (2,)}",
      "{'descr': '\\x3cf4', 'fortran_order': False, 'shape': (2,)}",
      "{'descr': '<f4', 'fortran_order: False}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': __import__('os').system('true')}",
      "\u0000{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
      "\t{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}\u00ff",
    };
    for (String header : damaged) {
      all.add(
          new Hostile("header " + header, Reason.HEADER, NumpyBytes.array(header, new byte[8])));
    }
    String[] types = {
      "|O", "O", "<O8", "|S4", "<U3", "|V8", "<c8", "<c16", ">f4", ">f8", "=f4", "f4", "<f2",
      "<f16", "<u4", "<u8", "<i2", "|i1", "|b1", "<M8[ns]", "<m8", "", " <f4", "<f44"
    };
    for (String type : types) {
      all.add(
          new Hostile(
              "type " + type,
              Reason.TYPE,
              NumpyBytes.array(NumpyBytes.dictionary(type, "(2,)"), new byte[8])));
    }
    all.add(
        new Hostile(
            "records",
            Reason.TYPE,
            NumpyBytes.array(
                "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}", new byte[8])));
    String[] absurd = {
      "(2147483648,)",
      "(9999999999,)",
      "(99999999999999999999999999,)",
      "(2147483647, 2147483647, 2147483647)",
      "(65536, 65536, 65536, 65536)",
      "(1, 1, 1, 1, 1, 1, 1, 1, 2)",
    };
    for (String shape : absurd) {
      all.add(
          new Hostile(
              "shape " + shape,
              Reason.LIMIT,
              NumpyBytes.array(NumpyBytes.dictionary("<f4", shape), new byte[8])));
    }
    for (String shape : new String[] {"(3,)", "(1,)", "()", "(0,)", "(2147483647,)", "(2, 2)"}) {
      all.add(
          new Hostile(
              "shape " + shape + " of two numbers",
              Reason.DATA,
              NumpyBytes.array(NumpyBytes.dictionary("<f4", shape), new byte[8])));
    }
    byte[] good = NumpyBytes.array(GOOD, new byte[8]);
    all.add(new Hostile("nothing", Reason.FORMAT, new byte[0]));
    all.add(new Hostile("a signature alone", Reason.FORMAT, Arrays.copyOf(good, 6)));
    all.add(new Hostile("no length", Reason.HEADER, Arrays.copyOf(good, 9)));
    all.add(new Hostile("half a header", Reason.HEADER, Arrays.copyOf(good, 30)));
    all.add(new Hostile("no data", Reason.DATA, Arrays.copyOf(good, good.length - 8)));
    all.add(new Hostile("data cut short", Reason.DATA, Arrays.copyOf(good, good.length - 1)));
    all.add(new Hostile("data too long", Reason.DATA, Arrays.copyOf(good, good.length + 1)));
    all.add(new Hostile("another signature", Reason.FORMAT, NumpyBytes.patched(good, 1, 1, 'M')));
    all.add(new Hostile("version 0", Reason.FORMAT, NumpyBytes.patched(good, 6, 1, 0)));
    all.add(new Hostile("version 4", Reason.FORMAT, NumpyBytes.patched(good, 6, 1, 4)));
    all.add(new Hostile("version 1.1", Reason.FORMAT, NumpyBytes.patched(good, 7, 1, 1)));
    all.add(
        new Hostile(
            "a long header", Reason.HEADER, NumpyBytes.array(1, 0, 65535, GOOD, new byte[8])));
    all.add(
        new Hostile(
            "a header of 4 GB", Reason.HEADER, NumpyBytes.array(2, 0, -1, GOOD, new byte[8])));
    all.add(
        new Hostile(
            "a header of 2 GB",
            Reason.HEADER,
            NumpyBytes.array(3, 0, Integer.MAX_VALUE, GOOD, new byte[8])));
    all.add(
        new Hostile(
            "a header that is too short",
            Reason.HEADER,
            NumpyBytes.array(1, 0, GOOD.length() - 9, GOOD, new byte[8])));
    return all.stream();
  }

  static Stream<Hostile> archives() {
    List<Hostile> all = new ArrayList<>();
    byte[] array = NumpyBytes.array(GOOD, new byte[8]);
    byte[] stored = NumpyBytes.zip(false, "mu.npy", array);
    byte[] packed = NumpyBytes.zip(true, "mu.npy", array);
    int entry = NumpyBytes.central(stored);
    int packedEntry = NumpyBytes.central(packed);
    int data = 30 + "mu.npy".length();
    all.add(new Hostile("no zip", Reason.FORMAT, new byte[100]));
    all.add(new Hostile("an array that is no archive", Reason.FORMAT, array));
    all.add(new Hostile("too short", Reason.FORMAT, new byte[] {'P', 'K', 3, 4}));
    for (int cut : new int[] {1, 10, 22, 40, entry}) {
      all.add(
          new Hostile("cut by " + cut, Reason.FORMAT, Arrays.copyOf(stored, stored.length - cut)));
    }
    all.add(
        new Hostile(
            "an empty archive",
            Reason.NO_SUCH_ARRAY,
            NumpyBytes.patched(new byte[22], 0, 4, 0x06054b50)));
    all.add(
        new Hostile(
            "another name", Reason.NO_SUCH_ARRAY, NumpyBytes.zip(true, "sigma.npy", array)));
    all.add(new Hostile("no suffix", Reason.NO_SUCH_ARRAY, NumpyBytes.zip(true, "mu", array)));
    all.add(new Hostile("a path", Reason.NO_SUCH_ARRAY, NumpyBytes.zip(true, "../mu.npy", array)));
    all.add(
        new Hostile("a rooted path", Reason.NO_SUCH_ARRAY, NumpyBytes.zip(true, "/mu.npy", array)));
    byte[] two = NumpyBytes.zip(false, "mu.npy", array, "nu.npy", array);
    int second = NumpyBytes.central(two) + 46 + "mu.npy".length() + 46;
    all.add(
        new Hostile("one name twice", Reason.CONTAINER, NumpyBytes.patched(two, second, 1, 'm')));
    all.add(
        new Hostile("a wrong number", Reason.DATA, NumpyBytes.patched(stored, entry - 1, 1, 0x7f)));
    all.add(
        new Hostile("a wrong checksum", Reason.DATA, NumpyBytes.patched(stored, entry + 16, 4, 1)));
    all.add(
        new Hostile(
            "a wrong packed checksum",
            Reason.DATA,
            NumpyBytes.patched(packed, packedEntry + 16, 4, 1)));
    all.add(
        new Hostile(
            "a promise of 4 GB",
            Reason.CONTAINER,
            NumpyBytes.patched(packed, packedEntry + 24, 4, 0xfffffffeL)));
    all.add(
        new Hostile(
            "a promise of twice as much",
            Reason.DATA,
            NumpyBytes.patched(packed, packedEntry + 24, 4, 2L * array.length)));
    all.add(
        new Hostile(
            "a promise of less", Reason.DATA, NumpyBytes.patched(packed, packedEntry + 24, 4, 9)));
    all.add(
        new Hostile(
            "damaged packing", Reason.CONTAINER, NumpyBytes.patched(packed, data, 2, 0xffff)));
    all.add(
        new Hostile(
            "a header elsewhere",
            Reason.CONTAINER,
            NumpyBytes.patched(stored, entry + 42, 4, 0x7ffffff0)));
    all.add(new Hostile("encrypted", Reason.FORMAT, NumpyBytes.patched(stored, entry + 8, 2, 1)));
    all.add(
        new Hostile(
            "another method", Reason.FORMAT, NumpyBytes.patched(packed, packedEntry + 10, 2, 12)));
    String huge = NumpyBytes.dictionary("|u1", "(2000000000,)");
    all.add(
        new Hostile(
            "an array that claims 2 GB",
            Reason.DATA,
            NumpyBytes.zip(true, "mu.npy", NumpyBytes.array(huge, new byte[8]))));
    Object[] many = new Object[2 * 5000];
    for (int i = 0; i < 5000; i++) {
      many[2 * i] = i + ".npy";
      many[2 * i + 1] = new byte[0];
    }
    all.add(new Hostile("many entries", Reason.LIMIT, NumpyBytes.zip(false, many)));
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("arrays")
  void anArrayIsRefusedInOneSentence(Hostile hostile) throws IOException {
    Path file = Files.write(folder.resolve("hostile.npy"), hostile.bytes);
    refused(
        hostile,
        () -> {
          try (NumpyReader reader = NumpyFile.open(file)) {
            reader.allDoubles(1000);
          }
        });
  }

  @ParameterizedTest
  @MethodSource("arrays")
  void anArrayInAnArchiveIsRefusedInOneSentence(Hostile hostile) throws IOException {
    byte[] zip = NumpyBytes.zip(hostile.bytes.length % 2 == 0, "mu.npy", hostile.bytes);
    Path file = Files.write(folder.resolve("hostile.npz"), zip);
    refused(hostile, () -> readAll(file));
  }

  @ParameterizedTest
  @MethodSource("archives")
  void anArchiveIsRefusedInOneSentence(Hostile hostile) throws IOException {
    Path file = Files.write(folder.resolve("hostile.npz"), hostile.bytes);
    refused(hostile, () -> readAll(file));
  }

  private static void readAll(Path file) {
    try (NumpyArchive archive = NumpyArchive.open(file);
        NumpyReader reader = archive.array("mu")) {
      reader.allDoubles(1000);
    }
  }

  private static void refused(
      Hostile hostile, org.assertj.core.api.ThrowableAssert.ThrowingCallable reading) {
    assertThatThrownBy(reading)
        .isInstanceOfSatisfying(
            NumpyException.class,
            e -> {
              assertThat(e.reason()).as(e.getMessage()).isEqualTo(hostile.reason);
              assertThat(e.getMessage()).hasSizeLessThan(500).contains("hostile.np");
              assertThat(e.getMessage()).doesNotContainPattern("[\\x00-\\x1f]");
            });
  }

  @Test
  void whatTheCorpusDamagesIsFineUndamaged() throws IOException {
    byte[] array = NumpyBytes.array(GOOD, new byte[8]);
    for (boolean deflated : new boolean[] {false, true}) {
      Path file =
          Files.write(
              folder.resolve("good.npz"), NumpyBytes.zip(deflated, "mu.npy", array, "note", array));
      try (NumpyArchive archive = NumpyArchive.open(file);
          NumpyReader reader = archive.array("mu")) {
        assertThat(reader.allFloats(2)).containsExactly(0, 0);
      }
    }
    for (int version = 1; version <= 3; version++) {
      Path file =
          Files.write(
              folder.resolve("good.npy"),
              NumpyBytes.array(version, 0, GOOD.length(), GOOD, new byte[8]));
      try (NumpyReader reader = NumpyFile.open(file)) {
        assertThat(reader.allFloats(2)).containsExactly(0, 0);
      }
    }
  }

  @Test
  void damageNeverDoesMoreThanBeRefused() throws IOException {
    Random random = new Random(20260301);
    List<byte[]> originals =
        List.of(
            KnownArrays.bytes(KnownArrays.STATISTICS),
            KnownArrays.bytes(KnownArrays.SAMPLES),
            NumpyBytes.zip(true, "mu.npy", NumpyBytes.array(GOOD, new byte[8])));
    Path file = folder.resolve("damaged.npz");
    int read = 0;
    for (int i = 0; i < 1500; i++) {
      Files.write(file, Mutation.of(originals.get(i % originals.size()), random));
      try (NumpyArchive archive = NumpyArchive.open(file)) {
        for (String name : archive.names()) {
          try (NumpyReader reader = archive.array(name)) {
            if (reader.header().type() == NumpyType.I64) {
              reader.readLongs(new long[(int) reader.remaining()], 0, (int) reader.remaining());
            } else {
              assertThat(reader.allDoubles(1000)).hasSizeLessThanOrEqualTo(1000);
            }
          }
        }
        read++;
      } catch (NumpyException e) {
        assertThat(e.getMessage()).contains("damaged.npz");
      }
    }
    // Neither all nor none: the loop reaches both ends.
    assertThat(read).isBetween(1, 1499);
  }

  @Test
  void damagedArraysNeverDoMoreThanBeRefused() throws IOException {
    Random random = new Random(20260302);
    byte[] original = KnownArrays.bytes(KnownArrays.COLUMN_MAJOR);
    Path file = folder.resolve("damaged.npy");
    int read = 0;
    for (int i = 0; i < 1500; i++) {
      Files.write(file, Mutation.of(original, random));
      try (NumpyReader reader = NumpyFile.open(file)) {
        reader.allDoubles(1000);
        read++;
      } catch (NumpyException e) {
        assertThat(e.getMessage()).contains("damaged.npy");
      }
    }
    assertThat(read).isBetween(1, 1499);
  }
}
