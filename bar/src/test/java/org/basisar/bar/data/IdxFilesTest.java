package org.basisar.bar.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IdxFilesTest {
  @TempDir Path folder;

  private static byte[] images(int magic, int count, int rows, int columns, int bytes) {
    ByteBuffer buffer =
        ByteBuffer.allocate(16 + bytes).putInt(magic).putInt(count).putInt(rows).putInt(columns);
    for (int at = 0; at < bytes; at++) {
      buffer.put((byte) (at / Math.max(1, rows * columns) * 20));
    }
    return buffer.array();
  }

  private static byte[] labels(int magic, int count, int... labels) {
    ByteBuffer buffer = ByteBuffer.allocate(8 + labels.length).putInt(magic).putInt(count);
    for (int label : labels) {
      buffer.put((byte) label);
    }
    return buffer.array();
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream stream = new GZIPOutputStream(packed)) {
      stream.write(bytes);
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
    return packed.toByteArray();
  }

  private void write(byte[] images, byte[] labels) {
    Pictures.write(folder.resolve("train-images-idx3-ubyte"), images);
    Pictures.write(folder.resolve("train-labels-idx1-ubyte"), labels);
  }

  private ImageData open(String name) {
    return ImageSources.open(folder.resolve(name).toString(), 8, 0);
  }

  @Test
  void aFolderGivesItsTrainingPair() {
    write(images(0x803, 3, 9, 9, 243), labels(0x801, 3, 4, 0, 2));
    Pictures.write(folder.resolve("t10k-images-idx3-ubyte"), images(0x803, 1, 9, 9, 81));
    ImageData data = open("");
    assertThat(data.count()).isEqualTo(3);
    assertThat(data.channels()).isEqualTo(1);
    assertThat(data.classNames()).containsExactly("0", "1", "2", "3", "4");
    assertThat(data.label(0)).isEqualTo(4);
    assertThat(data.label(2)).isEqualTo(2);
    assertThat(Pictures.read(data, 2, false)).hasSize(64).containsOnly(40 / 127.5f - 1);
    assertThat(data.describe())
        .endsWith("train-images-idx3-ubyte: 3 images of 8x8 pixels, grey, 5 classes");
  }

  @Test
  void packedFilesAndOtherNamesAreReadToo() {
    Pictures.write(
        folder.resolve("emnist-images.idx3-ubyte.gz"), gzip(images(0x803, 2, 8, 12, 192)));
    Pictures.write(folder.resolve("emnist-labels.idx1-ubyte.gz"), gzip(labels(0x801, 2, 1, 1)));
    assertThat(open("").label(1)).isEqualTo(1);
    assertThat(open("emnist-images.idx3-ubyte.gz").count()).isEqualTo(2);
  }

  @Test
  void headersThatLieAreRefused() {
    byte[] one = labels(0x801, 1, 0);
    refused(images(0x803, 2, 9, 9, 162), one, "has 2 images for 1 labels");
    refused(images(0x802, 1, 9, 9, 81), one, "begins with 0x00000802, not the 0x00000803 of IDX");
    refused(images(0x803, 1, 9, 9, 80), one, "is cut short");
    refused(images(0x803, 1, 9, 9, 82), one, "holds more than its header says");
    refused(images(0x803, 1, 0, 9, 0), one, "says its images are 9 x 0 pixels");
    refused(images(0x803, 1, 9, 1 << 20, 81), one, "says its images are 1048576 x 9 pixels");
    refused(images(0x803, 0, 9, 9, 0), labels(0x801, 0), "says it has 0 entries");
    refused(images(0x803, 1, 9, 9, 81), labels(0x801, -1, 0), "says it has -1 entries");
    refused(images(0x803, 1, 9, 9, 81), labels(0x801, 19_000_000, 0), "is cut short");
    refused(images(0x803, 1, 9, 9, 81), labels(0x801, 1, 0, 0), "holds more than its header says");
    refused(Arrays.copyOf(images(0x803, 1, 9, 9, 81), 10), one, "is cut short");
  }

  private void refused(byte[] images, byte[] labels, String reason) {
    write(images, labels);
    assertThatThrownBy(() -> open(""))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(reason)
        .hasMessageContaining("idx")
        .hasMessageEndingWith(".");
  }

  @Test
  void damagedPackedFilesAreRefused() {
    byte[] packed = gzip(images(0x803, 30, 9, 9, 2430));
    int[] thirty = new int[30];
    Pictures.write(folder.resolve("train-labels-idx1-ubyte"), labels(0x801, 30, thirty));
    for (int length = 0; length < packed.length; length += 5) {
      Pictures.write(folder.resolve("train-images-idx3-ubyte.gz"), Arrays.copyOf(packed, length));
      assertThatThrownBy(() -> open(""))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("train-images-idx3-ubyte.gz");
    }
    Pictures.write(
        folder.resolve("train-images-idx3-ubyte.gz"),
        new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
    assertThatThrownBy(() -> open(""))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("is not a sound gzip file");
  }

  @Test
  void aPackedFileThatExpandsBeyondItsHeaderIsRefusedWithoutExpandingIt() {
    Pictures.write(folder.resolve("train-labels-idx1-ubyte"), labels(0x801, 1, 0));
    Pictures.write(
        folder.resolve("train-images-idx3-ubyte.gz"), gzip(images(0x803, 1, 9, 9, 50_000_000)));
    assertThatThrownBy(() -> open(""))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("holds more than its header says");
  }

  @Test
  void missingLabelsAndUnclearChoicesAreNamed() {
    Pictures.write(folder.resolve("train-images-idx3-ubyte"), images(0x803, 1, 9, 9, 81));
    assertThatThrownBy(() -> open(""))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("put train-labels-idx1-ubyte or train-labels-idx1-ubyte.gz there");
    Pictures.write(folder.resolve("train2-images-idx3-ubyte"), images(0x803, 1, 9, 9, 81));
    assertThatThrownBy(() -> open(""))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("has 2 IDX image files of which 2 begin with \"train\"");
  }
}
