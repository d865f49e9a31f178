package org.basisar.bar.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CifarBinaryTest {
  private static final int RECORD = 3073;

  @TempDir Path folder;

  /** Records labelled first, first + 1, ...; each plane is filled with 10 * label + plane. */
  private static byte[] batch(int first, int count) {
    byte[] bytes = new byte[count * RECORD];
    for (int record = 0; record < count; record++) {
      int from = record * RECORD;
      int label = (first + record) % 10;
      bytes[from] = (byte) label;
      for (int plane = 0; plane < 3; plane++) {
        Arrays.fill(
            bytes,
            from + 1 + plane * 1024,
            from + 1 + (plane + 1) * 1024,
            (byte) (10 * label + plane));
      }
    }
    return bytes;
  }

  private ImageData open(String name) {
    return ImageSources.open(folder.resolve(name).toString(), 16, 0);
  }

  @Test
  void aFolderGivesItsTrainingBatchesInOrder() {
    Pictures.write(folder.resolve("data_batch_2.bin"), batch(4, 3));
    Pictures.write(folder.resolve("data_batch_1.bin"), batch(0, 4));
    Pictures.write(folder.resolve("test_batch.bin"), batch(0, 9));
    ImageData data = open("");
    assertThat(data.count()).isEqualTo(7);
    assertThat(data.channels()).isEqualTo(3);
    assertThat(data.classNames()).hasSize(10).startsWith("airplane", "automobile");
    for (int index = 0; index < 7; index++) {
      assertThat(data.label(index)).isEqualTo(index);
      float[] image = Pictures.read(data, index, false);
      assertThat(image[0]).isEqualTo(10 * index / 127.5f - 1);
      assertThat(image[2 * 256]).isEqualTo((10 * index + 2) / 127.5f - 1);
    }
  }

  @Test
  void oneFileIsASourceAndTakesTheNamesBesideIt() {
    Pictures.write(folder.resolve("test_batch.bin"), batch(3, 1));
    Pictures.write(
        folder.resolve("batches.meta.txt"),
        "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n".getBytes(StandardCharsets.UTF_8));
    ImageData data = open("test_batch.bin");
    assertThat(data.count()).isEqualTo(1);
    assertThat(data.classNames().get(data.label(0))).isEqualTo("d");
  }

  @Test
  void thePixelsOfARowStayInTheirOrder() {
    byte[] bytes = batch(0, 1);
    for (int at = 0; at < 1024; at++) {
      bytes[1 + at] = (byte) (at % 32 * 8);
    }
    Pictures.write(folder.resolve("one.bin"), bytes);
    ImageData data = ImageSources.open(folder.resolve("one.bin").toString(), 32, 0);
    assertThat(Pictures.read(data, 0, false)[5]).isEqualTo(40 / 127.5f - 1);
    assertThat(Pictures.read(data, 0, true)[5]).isEqualTo(26 * 8 / 127.5f - 1);
  }

  @Test
  void sizesAndLabelsAreChecked() {
    Pictures.write(folder.resolve("short.bin"), Arrays.copyOf(batch(0, 2), 2 * RECORD - 1));
    assertThatThrownBy(() -> open("short.bin"))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "%s has 6145 bytes, not a whole number of CIFAR-10 records of 3073 bytes; fetch it again."
                .formatted(folder.resolve("short.bin")));
    Pictures.write(folder.resolve("empty.bin"), new byte[0]);
    assertThatThrownBy(() -> open("empty.bin"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("has 0 bytes");
    byte[] labelled = batch(0, 3);
    labelled[2 * RECORD] = 10;
    Pictures.write(folder.resolve("label.bin"), labelled);
    assertThatThrownBy(() -> open("label.bin"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("has label 10 in record 2");
  }

  @Test
  void aListOfNamesThatIsNotTenIsRefused() {
    Pictures.write(folder.resolve("data_batch_1.bin"), batch(0, 1));
    Pictures.write(folder.resolve("batches.meta.txt"), "a\nb\n".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> open(""))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("has 2 lines");
  }
}
