package org.basisar.bar.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.basisar.nn.io.numpy.NumpyArchiveWriter;
import org.basisar.nn.io.numpy.NumpyHeader;
import org.basisar.nn.io.numpy.NumpyType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RgbSourceTest {
  private static final int HEIGHT = 3;
  private static final int WIDTH = 5;

  @TempDir Path folder;

  private static int value(int image, int y, int x, int c) {
    return (image * 71 + y * 37 + x * 11 + c * 101) % 256;
  }

  private static BufferedImage picture(int image) {
    BufferedImage picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        picture.setRGB(
            x, y, value(image, y, x, 0) << 16 | value(image, y, x, 1) << 8 | value(image, y, x, 2));
      }
    }
    return picture;
  }

  private static void check(Path path) {
    List<RgbImage> images = new ArrayList<>();
    try (RgbSource source = RgbSource.open(path)) {
      assertThat(source.count()).isEqualTo(3);
      source.forEach(_ -> {});
      source.forEach(images::add);
    }
    assertThat(images).hasSize(3);
    for (int image = 0; image < 3; image++) {
      assertThat(images.get(image).height()).isEqualTo(HEIGHT);
      assertThat(images.get(image).width()).isEqualTo(WIDTH);
      for (int i = 0; i < 3 * HEIGHT * WIDTH; i++) {
        int expected = value(image, i / WIDTH % HEIGHT, i % WIDTH, i / (HEIGHT * WIDTH));
        assertThat(images.get(image).planes()[i] & 0xff).isEqualTo(expected);
      }
    }
  }

  @Test
  void foldersZipsAndArraysHoldTheSamePictures() throws IOException {
    Path classes = folder.resolve("classes");
    for (int i = 0; i < 3; i++) {
      Path file = classes.resolve(i == 2 ? "dog" : "cat").resolve("0000" + i + ".png");
      Files.createDirectories(file.getParent());
      ImageIO.write(picture(i), "png", file.toFile());
    }
    check(classes);
    try (RgbSource source = RgbSource.open(classes)) {
      assertThat(source.className(1)).isEqualTo("cat");
      assertThat(source.className(2)).isEqualTo("dog");
    }
    Path zip = folder.resolve("flat.zip");
    try (OutputStream out = Files.newOutputStream(zip);
        ZipOutputStream entries = new ZipOutputStream(out)) {
      for (int i = 2; i >= 0; i--) {
        entries.putNextEntry(new ZipEntry("0000" + i + ".png"));
        ImageIO.write(picture(i), "png", entries);
        entries.closeEntry();
      }
    }
    check(zip);
    try (RgbSource source = RgbSource.open(zip)) {
      assertThat(source.className(0)).isNull();
    }
    byte[] bytes = new byte[3 * HEIGHT * WIDTH * 3];
    for (int i = 0; i < bytes.length; i++) {
      int pixel = i / 3;
      bytes[i] =
          (byte) value(pixel / (HEIGHT * WIDTH), pixel / WIDTH % HEIGHT, pixel % WIDTH, i % 3);
    }
    Path array = folder.resolve("samples.npz");
    NumpyArchiveWriter.writeCompressed(
        array,
        archive ->
            archive.add(
                "arr_0",
                NumpyHeader.of(NumpyType.U8, 3, HEIGHT, WIDTH, 3),
                writer -> writer.bytes(bytes, 0, bytes.length)));
    check(array);
  }

  @Test
  void picturesInMemoryAreRoundedAsFilesAre() {
    float[] grey = {-1, 1, 0, 2, -3, 0.5f, 0.0039215f, 0.2f, 0.1f};
    List<RgbImage> images = new ArrayList<>();
    try (RgbSource source = RgbSource.of(List.of(grey), 3, List.of("a"))) {
      source.forEach(images::add);
      assertThat(source.className(0)).isEqualTo("a");
    }
    byte[] planes = images.getFirst().planes();
    int[] expected = {0, 255, 128, 255, 0, 191, 128, 153, 140};
    for (int i = 0; i < 27; i++) {
      assertThat(planes[i] & 0xff).isEqualTo(expected[i % 9]);
    }
  }

  @Test
  void arraysThatAreNoPicturesAreRefused() {
    int[][] shapes = {{4}, {2, 2}, {1, 2, 2}, {1, 2, 2, 1}, {1, 3, 2, 2}, {1, 1, 2, 2, 3}};
    for (int[] shape : shapes) {
      int size = 1;
      for (int extent : shape) {
        size *= extent;
      }
      byte[] bytes = new byte[size];
      Path file = folder.resolve("bad.npz");
      NumpyArchiveWriter.write(
          file,
          archive ->
              archive.add(
                  "arr_0",
                  NumpyHeader.of(NumpyType.U8, shape),
                  writer -> writer.bytes(bytes, 0, bytes.length)));
      assertThatThrownBy(() -> RgbSource.open(file))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("where pictures are |u1 (N, H, W, 3) in C order");
    }
    for (int[] shape : new int[][] {{0, 2, 2, 3}, {1, 0, 2, 3}}) {
      Path file = folder.resolve("empty.npz");
      NumpyArchiveWriter.write(
          file, archive -> archive.add("arr_0", NumpyHeader.of(NumpyType.U8, shape), _ -> {}));
      assertThatThrownBy(() -> RgbSource.open(file)).hasMessageContaining("holds no pictures");
    }
    Path floats = folder.resolve("floats.npz");
    NumpyArchiveWriter.write(
        floats,
        archive ->
            archive.add(
                "arr_0",
                NumpyHeader.of(NumpyType.F32, 1, 1, 1, 3),
                writer -> writer.floats(new float[3], 0, 3)));
    assertThatThrownBy(() -> RgbSource.open(floats)).hasMessageContaining("<f4 (1, 1, 1, 3)");
  }

  @Test
  void whatIsNoSourceIsRefused() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertThatThrownBy(() -> RgbSource.open(empty)).hasMessageContaining("holds no PNG");
    assertThatThrownBy(() -> RgbSource.open(folder.resolve("absent")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("There is no folder, .zip or .npz");
    Path damaged = Files.createDirectory(folder.resolve("damaged"));
    Files.writeString(damaged.resolve("a.png"), "not a picture");
    try (RgbSource source = RgbSource.open(damaged)) {
      assertThatThrownBy(() -> source.forEach(_ -> {}))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("a.png in " + damaged + " is no image");
    }
  }
}
