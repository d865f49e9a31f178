package org.basisar.bar.metrics.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.basisar.bar.metrics.MetricsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClipTokenizerTest {
  private static final String MERGES = "#version: 0.2\nc a\nca t</w>\na t</w>\nd o\ndo g</w>\n";

  @TempDir Path folder;

  private ClipTokenizer tokenizer() throws IOException {
    return ClipTokenizer.read(Files.writeString(folder.resolve("merges.txt"), MERGES), 5);
  }

  /** Letters are from 0 on, the ends of words from 256 on, the merges from 512 on. */
  private static int letter(char c) {
    return c - '!';
  }

  @Test
  void theMostFrequentPairsAreJoinedFirst() throws IOException {
    ClipTokenizer tokenizer = tokenizer();
    assertThat(tokenizer.size()).isEqualTo(512 + 5 + 2);
    assertThat(tokenizer.encode("Cat", 77)).containsExactly(517, 513, 518);
    assertThat(tokenizer.encode("  a  CAT dog ", 77))
        .containsExactly(517, 256 + letter('a'), 513, 516, 518);
    // "cats" has no end-of-word t: "ca", "t", "s".
    assertThat(tokenizer.encode("cats", 77))
        .containsExactly(517, 512, letter('t'), 256 + letter('s'), 518);
    assertThat(tokenizer.encode("", 77)).containsExactly(517, 518);
  }

  @Test
  void wordsNumbersAndSignsAreApart() throws IOException {
    assertThat(tokenizer().encode("cat's 12!?", 77))
        .containsExactly(
            517,
            513,
            letter('\''),
            256 + letter('s'),
            256 + letter('1'),
            256 + letter('2'),
            letter('!'),
            256 + letter('?'),
            518);
  }

  @Test
  void otherLettersAreTheirBytes() throws IOException {
    // é is c3 a9, both printable: behind the 94 of ASCII come a1 to ac and ae to ff.
    assertThat(tokenizer().encode("é", 77))
        .containsExactly(517, 94 + 12 + (0xc3 - 0xae), 256 + 94 + (0xa9 - 0xa1), 518);
  }

  @Test
  void longTextsAreCutBeforeTheEnd() throws IOException {
    assertThat(tokenizer().encode("cat ".repeat(100), 5)).containsExactly(517, 513, 513, 513, 518);
  }

  @Test
  void compressedListsAreReadToo() throws IOException {
    Path file = folder.resolve("merges.txt.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(MERGES.getBytes(StandardCharsets.UTF_8));
    }
    assertThat(ClipTokenizer.read(file, 5).encode("cat", 77)).containsExactly(517, 513, 518);
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    Path few = Files.writeString(folder.resolve("few.txt"), MERGES);
    assertThatThrownBy(() -> ClipTokenizer.read(few))
        .isInstanceOf(MetricsException.class)
        .hasMessageContaining("few.txt has no merge of two pieces in line 7");
    Path other = Files.writeString(folder.resolve("other.txt"), "#\na b c\n");
    assertThatThrownBy(() -> ClipTokenizer.read(other, 1))
        .hasMessageContaining("no merge of two pieces in line 2");
    Path empty = Files.writeString(folder.resolve("empty.txt"), "");
    assertThatThrownBy(() -> ClipTokenizer.read(empty))
        .hasMessageContaining("has 0 merges where CLIP has 48894");
    assertThatThrownBy(() -> ClipTokenizer.read(folder.resolve("absent")))
        .isInstanceOf(MetricsException.class)
        .hasMessageContaining("there is no such file");
    byte[] broken = {0x1f, (byte) 0x8b, 8, 0, 1};
    assertThatThrownBy(() -> ClipTokenizer.read(Files.write(folder.resolve("b.gz"), broken)))
        .isInstanceOf(MetricsException.class)
        .hasMessageContaining("cannot be read");
  }
}
