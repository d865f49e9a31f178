package org.basisar.bar.data;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImageSourcesTest {
  @TempDir Path folder;

  private static void refused(String specification, int side, String message) {
    assertThatThrownBy(() -> ImageSources.open(specification, side, 0))
        .isInstanceOf(DataException.class)
        .hasMessage(message);
  }

  @Test
  void sidesOutsideTheRangeAreRefused() {
    refused("embedded", 7, "Images of side 7 are not offered by this source; choose 8 to 256.");
    refused(
        "embedded:faces",
        257,
        "Images of side 257 are not offered by this source; choose 8 to 256.");
    refused(
        folder.toString(),
        1025,
        "Images of side 1025 are not offered by this source; choose 8 to 1024.");
  }

  @Test
  void sourcesThatDoNotExistAreRefused() {
    refused(
        "embedded:cats",
        16,
        "There is no embedded data set \"embedded:cats\"; give embedded, embedded:shapes or embedded:faces.");
    String missing = folder.resolve("missing").toString();
    refused(
        missing,
        16,
        "There is no data source \"%s\"; give embedded, embedded:shapes, embedded:faces, or an existing folder, zip, .bin or IDX file."
            .formatted(missing));
    assertThatThrownBy(() -> ImageSources.open("nul\0character", 16, 0))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("is not a path");
  }

  @Test
  void filesOfOtherKindsAreRefused() {
    Path file = Pictures.write(folder.resolve("notes.txt"), new byte[] {1});
    refused(
        file.toString(),
        16,
        "%s is not a .zip or .tar of class folders, a CIFAR-10 .bin or a *-images-idx3-ubyte file; give one of these or a folder."
            .formatted(file));
  }
}
