package org.basisar.nn.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AtomicFileTest {
  @TempDir private Path folder;

  @Test
  void replacesTheWholeContentAndLeavesNothingElse() throws IOException {
    Path file = folder.resolve("report.html");
    AtomicFile.replace(file, "a long first version".getBytes(UTF_8));
    AtomicFile.replace(file, "second".getBytes(UTF_8));
    assertThat(file).hasContent("second");
    assertThat(names()).containsExactly("report.html");
  }

  @Test
  void createsMissingFolders() throws IOException {
    Path file = folder.resolve("samples/deep/empty.png");
    AtomicFile.replace(file, new byte[0]);
    assertThat(file).isEmptyFile();
  }

  @Test
  void aFolderIsNoTarget() throws IOException {
    Path occupied = folder.resolve("report.html");
    Files.createDirectories(occupied.resolve("child"));
    assertThatThrownBy(() -> AtomicFile.replace(occupied, new byte[] {1}))
        .isInstanceOf(IOException.class)
        .hasMessage(occupied + ": is a folder; name a file");
    assertThat(names()).containsExactly("report.html");
    assertThat(occupied.resolve("child")).isDirectory();
  }

  @Test
  void whenTheContentFailsTheTargetStaysAndNoPartIsLeft() throws IOException {
    Path file = folder.resolve("report.html");
    AtomicFile.replace(file, "first");
    assertThatThrownBy(() ->
            AtomicFile.replace(
                file,
                channel -> {
                  AtomicFile.writeFully(channel, new byte[4099]);
                  throw new IOException("the disk is full");
                }))
        .isInstanceOf(IOException.class)
        .hasMessage("the disk is full");
    assertThat(file).hasContent("first");
    assertThat(names()).containsExactly("report.html");
  }

  @Test
  void aReaderSeesOnlyWholeVersions() throws Exception {
    Path file = folder.resolve("growing.bin");
    AtomicFile.replace(file, versionOf(0));
    Thread writer =
        Thread.ofVirtual()
            .start(() -> {
              for (int version = 1; version <= 60; version++) {
                try {
                  AtomicFile.replace(file, versionOf(version));
                } catch (IOException failed) {
                  throw new UncheckedIOException(failed);
                }
              }
            });
    do {
      byte[] seen = Files.readAllBytes(file);
      assertThat(seen).isEqualTo(versionOf(seen[0]));
    } while (writer.isAlive());
    writer.join();
    assertThat(Files.readAllBytes(file)).isEqualTo(versionOf(60));
  }

  /** A version is its own number, over and over, longer for each. */
  private static byte[] versionOf(int number) {
    byte[] content = new byte[1023 + 4099 * number];
    Arrays.fill(content, (byte) number);
    return content;
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).toList();
    }
  }
}
