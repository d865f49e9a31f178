package org.basisar.bar.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PngWriterTest {
  @Test
  void keepsEveryPixelAndItsTransparency() throws IOException {
    BufferedImage image = gradient();
    BufferedImage read = ImageIO.read(new ByteArrayInputStream(PngWriter.encode(image)));
    assertThat(read.getWidth()).isEqualTo(33);
    assertThat(read.getHeight()).isEqualTo(31);
    for (int y = 0; y < 31; y++) {
      for (int x = 0; x < 33; x++) {
        assertThat(read.getRGB(x, y)).isEqualTo(image.getRGB(x, y));
      }
    }
  }

  @Test
  void samePixelsGiveTheSameBytes() {
    assertThat(PngWriter.encode(gradient())).isEqualTo(PngWriter.encode(gradient()));
  }

  @Test
  void writesTheEncodedBytes(@TempDir Path folder) throws IOException {
    PngWriter.write(folder.resolve("basis/a.png"), gradient());
    assertThat(folder.resolve("basis/a.png")).hasBinaryContent(PngWriter.encode(gradient()));
  }

  @Test
  void whenItCannotBeWrittenTheTargetStaysAndNoPartIsLeft(@TempDir Path folder) throws IOException {
    Path occupied = folder.resolve("a.png");
    Files.createDirectories(occupied.resolve("child"));
    assertThatThrownBy(() -> PngWriter.write(occupied, gradient())).isInstanceOf(IOException.class);
    assertThat(occupied.resolve("child")).isDirectory();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(occupied);
    }
  }

  private static BufferedImage gradient() {
    var image = new BufferedImage(33, 31, BufferedImage.TYPE_INT_ARGB);
    for (int y = 0; y < 31; y++) {
      for (int x = 0; x < 33; x++) {
        image.setRGB(x, y, (255 - 8 * y) << 24 | (7 * x) << 16 | (8 * y) << 8 | 0x55);
      }
    }
    return image;
  }
}
