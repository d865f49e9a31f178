package org.basisar.bar.picture;

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
    AtomicFile.write(file, "a long first version".getBytes(UTF_8));
    AtomicFile.write(file, "second".getBytes(UTF_8));
    assertThat(file).hasContent("second");
    assertThat(names()).containsExactly("report.html");
  }

  @Test
  void createsMissingFolders() throws IOException {
    Path file = folder.resolve("samples/deep/empty.png");
    AtomicFile.write(file, new byte[0]);
    assertThat(file).isEmptyFile();
  }

  @Test
  void whenTheRenameFailsTheTargetStaysAndNoPartIsLeft() throws IOException {
    Path occupied = folder.resolve("report.html");
    Files.createDirectories(occupied.resolve("child"));
    assertThatThrownBy(() -> AtomicFile.write(occupied, new byte[] {1}))
        .isInstanceOf(IOException.class);
    assertThat(names()).containsExactly("report.html");
    assertThat(occupied.resolve("child")).isDirectory();
  }

  @Test
  void aReaderSeesOnlyWholeVersions() throws Exception {
    Path file = folder.resolve("growing.bin");
    AtomicFile.write(file, versionOf(0));
    Thread writer =
        Thread.ofVirtual()
            .start(() -> {
              for (int version = 1; version <= 60; version++) {
                try {
                  AtomicFile.write(file, versionOf(version));
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
