package org.basisar.bar.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sources of pictures that are read one by one, tars above all. */
class PictureFilesTest {
  private static final byte[] RED = Pictures.encode(Pictures.plain(9, 8, 0xff0000), "png");
  private static final byte[] BLUE = Pictures.encode(Pictures.plain(8, 9, 0x0000ff), "png");

  @TempDir Path folder;

  private Path write(String name, byte[] bytes) {
    return Pictures.write(folder.resolve(name), bytes);
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream packed = new GZIPOutputStream(out)) {
      packed.write(bytes);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static Tars sound() {
    return new Tars()
        .entry("./b/", '5', Tars.octal(0), new byte[0])
        .file("./b/1.png", RED)
        .file("./b/readme.txt", new byte[] {1})
        .file("./a/2.png", BLUE);
  }

  private static List<String> paths(PictureFiles files) {
    return IntStream.range(0, files.count()).mapToObj(files::path).toList();
  }

  private void refused(byte[] tar, String sentence) {
    for (String name : List.of("x.tar", "x.tar.gz")) {
      Path file = write(name, name.endsWith("gz") ? gzip(tar) : tar);
      assertThatThrownBy(() -> PictureFiles.open(file.toString()).close())
          .isInstanceOf(DataException.class)
          .hasMessageContaining(sentence)
          .hasMessageMatching("(?s)[^\n]*\\.");
    }
  }

  @Test
  void aTarIsReadInItsOwnOrderPlainOrCompressed() {
    byte[] tar = sound().ended();
    for (Path file : List.of(write("x.tar", tar), write("x.tgz", gzip(tar)))) {
      try (PictureFiles files = PictureFiles.open(file.toString());
          PictureFiles.Decoder decoder = files.decoder()) {
        assertThat(paths(files)).containsExactly("b/1.png", "a/2.png");
        assertThat(files.classNames()).containsExactly("a", "b");
        assertThat(files.label(0)).isEqualTo(1);
        assertThat(files.content(0)).isEqualTo(RED);
        assertThat(files.content(1)).isEqualTo(BLUE);
        assertThat(files.content(0)).isEqualTo(RED);
        float[] red = decoder.decode(0, files.content(0), 8);
        assertThat(red).hasSize(192).startsWith(1f).endsWith(-1f);
        assertThat(files.describe()).endsWith(": 2 images, 2 classes");
      }
    }
  }

  @Test
  void tarsInATarAreClasses() {
    byte[] inner = new Tars().file("n02_1.png", RED).file("n02_2.png", BLUE).ended();
    byte[] other = new Tars().file("n01_1.png", BLUE).ended();
    byte[] tar = new Tars().file("n02.tar", inner).file("n01.tar", other).ended();
    for (Path file : List.of(write("x.tar", tar), write("x.tar.gz", gzip(tar)))) {
      try (PictureFiles files = PictureFiles.open(file.toString())) {
        assertThat(paths(files)).containsExactly("n02/n02_1.png", "n02/n02_2.png", "n01/n01_1.png");
        assertThat(files.classNames()).containsExactly("n01", "n02");
        assertThat(files.content(2)).isEqualTo(BLUE);
      }
    }
    refused(
        new Tars().file("a.tar", new Tars().file("b.tar", inner).ended()).ended(),
        "an archive in an archive in an archive");
  }

  @Test
  void longNamesOfBothKindsAreUnderstood() {
    String name = "class/" + "ü".repeat(120) + ".png";
    byte[] utf8 = (name + "\0").getBytes(StandardCharsets.UTF_8);
    String record = " path=" + name + "\n";
    int length = record.getBytes(StandardCharsets.UTF_8).length;
    byte[] pax = (length + 3 + record).getBytes(StandardCharsets.UTF_8);
    byte[] tar =
        new Tars()
            .entry("././@LongLink", 'L', Tars.octal(utf8.length), utf8)
            .file("cut", RED)
            .entry("PaxHeader", 'x', Tars.octal(pax.length), pax)
            .file("cut", BLUE)
            .ended();
    try (PictureFiles files = PictureFiles.open(write("x.tar", tar).toString())) {
      assertThat(paths(files)).containsExactly(name);
    } catch (DataException twice) {
      assertThat(twice).hasMessageContaining(name + " twice");
    }
  }

  @Test
  void foldersAndZipsAreInTheOrderOfTheirPaths() {
    write("d/z/1.png", RED);
    write("d/a/2.png", BLUE);
    try (PictureFiles files = PictureFiles.open(folder.resolve("d").toString())) {
      assertThat(paths(files)).containsExactly("a/2.png", "z/1.png");
      assertThat(files.sequential()).isFalse();
    }
  }

  @Test
  void damagedTarsAreRefusedInOneSentence() {
    byte[] tar = sound().ended();
    refused(Arrays.copyOf(tar, tar.length - 1024), "is cut short");
    refused(Arrays.copyOf(tar, 700), "is cut short");
    refused(new byte[0], "is cut short");
    byte[] broken = tar.clone();
    broken[512 + 3]++;
    refused(broken, "has no sound header at byte 512");
    refused(
        "not a tar at all".repeat(100).getBytes(StandardCharsets.UTF_8), "no sound tar archive");
    refused(
        new Tars().entry("a/x.png", '0', Tars.octal(8L << 30), RED).ended(),
        "more than the 64 MiB");
    byte[] huge = new byte[12];
    Arrays.fill(huge, (byte) 0xff);
    refused(new Tars().entry("a/x.txt", '0', huge, RED).ended(), "one of its files has");
    refused(new Tars().entry("a/x.txt", '0', Tars.octal(1L << 32), RED).ended(), "is cut short");
    refused(
        new Tars()
            .entry("a/x.png", '0', "99999999999\0".getBytes(StandardCharsets.UTF_8), RED)
            .ended(),
        "has a number that is none");
    refused(new Tars().file("a/x.txt", RED).ended(), "holds no PNG");
    refused(new Tars().ended(), "holds no PNG");
  }

  @Test
  void tricksWithPathsAndLinksAreRefused() {
    refused(new Tars().file("../x.png", RED).ended(), "a path that leads out of it");
    refused(new Tars().file("a/../../x.png", RED).ended(), "a path that leads out of it");
    refused(new Tars().file("..\\x.png", RED).ended(), "a path that leads out of it");
    refused(new Tars().file("/etc/x.png", RED).ended(), "a path that leads out of it");
    refused(new Tars().file("a/x\n.png", RED).ended(), "a control character");
    refused(new Tars().file("a/x.png", RED).file("./a/x.png", RED).ended(), "twice");
    for (char link : new char[] {'1', '2', '3'}) {
      refused(new Tars().entry("a/x.png", link, Tars.octal(0), new byte[0]).ended(), "as a link");
    }
    refused(new Tars().entry("a/x.png", 'S', Tars.octal(0), new byte[0]).ended(), "sparse");
  }

  @Test
  void headersThatDescribeWrongAreRefused() {
    for (String lines :
        List.of("x", "999 path=a\n", "5 a\n", "0 \n", "99999999999 path=a\n", "13 path=a.png ")) {
      byte[] bytes = lines.getBytes(StandardCharsets.UTF_8);
      refused(
          new Tars().entry("p", 'x', Tars.octal(bytes.length), bytes).file("a.png", RED).ended(),
          "in a way that cannot be read");
    }
    refused(
        new Tars().entry("p", 'x', Tars.octal(1L << 33), new byte[0]).ended(),
        "describes a file in");
    byte[] sparse = "22 GNU.sparse.major=1\n".getBytes(StandardCharsets.UTF_8);
    refused(
        new Tars().entry("p", 'x', Tars.octal(sparse.length), sparse).file("a.png", RED).ended(),
        "a sparse file");
    byte[] size = "12 size=-10\n".getBytes(StandardCharsets.UTF_8);
    refused(
        new Tars().entry("p", 'x', Tars.octal(size.length), size).file("a.png", RED).ended(),
        "one of its files has -10 bytes");
  }

  @Test
  void damagedCompressionIsRefused() {
    byte[] packed = gzip(sound().ended());
    Path cut = write("x.tgz", Arrays.copyOf(packed, packed.length - 9));
    assertThatThrownBy(() -> PictureFiles.open(cut.toString()).close())
        .isInstanceOf(DataException.class);
    byte[] wrong = packed.clone();
    wrong[wrong.length - 6]++;
    Path sum = write("x.tgz", wrong);
    assertThatThrownBy(() -> PictureFiles.open(sum.toString()).close())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("cannot be unpacked");
  }

  @Test
  void whatUnpacksToNothingButZerosIsRefused() throws IOException {
    Path bomb = folder.resolve("x.tgz");
    byte[] zeros = new byte[1 << 20];
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(bomb), 1 << 16)) {
      out.write(new Tars().entry("a/x.txt", '0', Tars.octal(7L << 30), new byte[0]).open());
      for (int i = 0; i < 280; i++) {
        out.write(zeros);
      }
    }
    assertThatThrownBy(() -> PictureFiles.open(bomb.toString()).close())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("more than 200 times its size");
  }

  @Test
  void anUnsoundPictureIsNamed() {
    byte[] tar = new Tars().file("a/x.png", Arrays.copyOf(RED, 40)).ended();
    Path file = write("x.tar", tar);
    try (PictureFiles files = PictureFiles.open(file.toString());
        PictureFiles.Decoder decoder = files.decoder()) {
      assertThatThrownBy(() -> decoder.decode(0, files.content(0), 8))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("a/x.png in " + file);
    }
  }

  @Test
  void otherFilesAreRefused() {
    Path text = write("x.txt", RED);
    assertThatThrownBy(() -> PictureFiles.open(text.toString()).close())
        .hasMessageContaining("is not a .zip, .tar, .tar.gz or .tgz");
    assertThatThrownBy(() -> PictureFiles.open(folder.resolve("none").toString()).close())
        .hasMessageContaining("There is no folder, zip or tar");
    assertThatThrownBy(() -> PictureFiles.open("\0").close()).hasMessageContaining("is not a path");
  }
}
