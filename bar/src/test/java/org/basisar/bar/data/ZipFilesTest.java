package org.basisar.bar.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ZipFilesTest {
  private static final byte[] PNG = Pictures.encode(Pictures.waves(20, 20, 1), "png");

  @TempDir Path folder;

  private static byte[] zip(Map<String, byte[]> entries) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
    return bytes.toByteArray();
  }

  private static byte[] sample() {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("train/", new byte[0]);
    entries.put("train/dog/1.png", PNG);
    entries.put("train/cat/2.jpg", Pictures.encode(Pictures.waves(20, 20, 1), "jpeg"));
    entries.put("train/cat/1.png", PNG);
    entries.put("__MACOSX/train/cat/._1.png", new byte[] {1});
    entries.put("train/notes.txt", new byte[] {1});
    return zip(entries);
  }

  private ImageData open(byte[] archive) {
    return ImageSources.open(Pictures.write(folder.resolve("set.zip"), archive).toString(), 8, 0);
  }

  /** Where the central directory's record of the first entry with this name begins. */
  private static int directoryRecord(byte[] archive, String name) {
    ByteBuffer buffer = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < archive.length - 46; at++) {
      if (buffer.getInt(at) == 0x02014b50
          && new String(archive, at + 46, buffer.getShort(at + 28), StandardCharsets.UTF_8)
              .equals(name)) {
        return at;
      }
    }
    throw new IllegalArgumentException(name);
  }

  @Test
  void anArchiveReadsLikeItsFolder() {
    ImageData data = open(sample());
    assertThat(data.classNames()).containsExactly("cat", "dog");
    assertThat(data.count()).isEqualTo(3);
    assertThat(data.label(2)).isEqualTo(1);
    assertThat(Pictures.read(data, 0, false)).isEqualTo(Pictures.read(data, 2, false));
    Pictures.write(folder.resolve("plain/cat/1.png"), PNG);
    ImageData plain = ImageSources.open(folder.resolve("plain").toString(), 8, 0);
    assertThat(Pictures.read(plain, 0, false)).isEqualTo(Pictures.read(data, 0, false));
  }

  @Test
  void aCheckSumThatDoesNotMatchIsRefused() {
    byte[] archive = sample();
    archive[directoryRecord(archive, "train/cat/1.png") + 16] ^= 1;
    assertThatThrownBy(() -> open(archive))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("train/cat/1.png in ")
        .hasMessageContaining("does not match its check sum");
  }

  @Test
  void aSizeThatIsALieIsRefused() {
    for (int lie : new int[] {-7, 1, 1000}) {
      byte[] archive = sample();
      int size = directoryRecord(archive, "train/cat/1.png") + 24;
      ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN).putInt(size, PNG.length + lie);
      assertThatThrownBy(() -> open(archive))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("train/cat/1.png in ");
    }
  }

  @Test
  void anEntryThatUnpacksToTooMuchIsRefused() {
    byte[] archive = zip(Map.of("cat/1.png", new byte[Limits.FILE_BYTES + 1]));
    assertThat(archive.length).isLessThan(1 << 20);
    assertThatThrownBy(() -> open(archive))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("cat/1.png in ")
        .hasMessageContaining("unpacks to more than the 64 MiB");
    // The same with a modest size in the directory.
    ByteBuffer.wrap(archive)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(directoryRecord(archive, "cat/1.png") + 24, 500);
    assertThatThrownBy(() -> open(archive))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("cat/1.png in ");
  }

  @Test
  void oneNameTwiceIsRefused() {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("cat/1.png", PNG);
    entries.put("cat/2.png", PNG);
    byte[] archive = zip(entries);
    archive[directoryRecord(archive, "cat/2.png") + 46 + 4] = '1';
    assertThatThrownBy(() -> open(archive))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("holds cat/1.png twice");
  }

  @Test
  void anArchiveCutShortIsRefused() {
    byte[] archive = sample();
    for (int length = 0; length < archive.length; length += 97) {
      byte[] part = Arrays.copyOf(archive, length);
      assertThatThrownBy(() -> open(part))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("set.zip is not a readable zip archive");
    }
  }

  @Test
  void damagedBytesGiveImagesOrASentence() {
    Random random = new Random(5);
    byte[] archive = sample();
    int refused = 0;
    for (int trial = 0; trial < 400; trial++) {
      byte[] damaged = archive.clone();
      int from = trial % 2 == 0 ? directoryRecord(archive, "train/") : 0;
      for (int change = 0; change < 2; change++) {
        damaged[from + random.nextInt(archive.length - from)] = (byte) random.nextInt(256);
      }
      try {
        assertThat(open(damaged).count()).isBetween(1, 4);
      } catch (DataException fault) {
        refused++;
        assertThat(fault.getMessage()).contains("set.zip").endsWith(".");
      }
    }
    assertThat(refused).isPositive();
  }

  @Test
  void anArchiveWithoutImagesIsNoSource() {
    assertThatThrownBy(() -> open(zip(Map.of("cat/readme.txt", new byte[] {1}))))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("holds no PNG, JPEG, GIF or BMP image");
  }
}
