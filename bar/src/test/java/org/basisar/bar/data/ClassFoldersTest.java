package org.basisar.bar.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClassFoldersTest {
  @TempDir Path folder;

  private ImageData open() {
    return ImageSources.open(folder.toString(), 8, 0);
  }

  private static List<Integer> labels(ImageData data) {
    return IntStream.range(0, data.count()).map(data::label).boxed().toList();
  }

  @Test
  void foldersAreClassesInTheOrderOfTheirNames() {
    Pictures.writePlain(folder.resolve("cat/b.png"), 9, 12, 0x0000FF);
    Pictures.writePlain(folder.resolve("cat/a.PNG"), 40, 31, 0x00FF00);
    Pictures.writePlain(folder.resolve("bird/z.png"), 8, 8, 0xFF0000);
    Pictures.write(folder.resolve("cat/readme.txt"), new byte[] {1});
    Pictures.write(folder.resolve("cat/.hidden.png"), new byte[] {1});
    ImageData data = open();
    assertThat(data.classNames()).containsExactly("bird", "cat");
    assertThat(labels(data)).containsExactly(0, 1, 1);
    assertThat(data.channels()).isEqualTo(3);
    assertThat(data.describe()).isEqualTo(folder + ": 3 images of 8x8 pixels, colour, 2 classes");
    assertThat(Pictures.read(data, 0, false)[0]).isEqualTo(1);
    assertThat(Pictures.read(data, 0, false)[64]).isEqualTo(-1);
    assertThat(Pictures.read(data, 1, false)[64]).isEqualTo(1);
    assertThat(Pictures.read(data, 2, true)[128]).isEqualTo(1);
  }

  @Test
  void oneFolderAroundTheClassesIsPassedOver() {
    Pictures.writePlain(folder.resolve("train/cat/0.png"), 8, 8, 0);
    Pictures.writePlain(folder.resolve("train/dog/deeper/0.png"), 8, 8, 0);
    assertThat(open().classNames()).containsExactly("cat", "dog");
  }

  @Test
  void twoFoldersAboveAreClassesThemselves() {
    Pictures.writePlain(folder.resolve("left/cat/0.png"), 8, 8, 0);
    Pictures.writePlain(folder.resolve("right/cat/0.png"), 8, 8, 0);
    assertThat(open().classNames()).containsExactly("left", "right");
  }

  @Test
  void imagesWithoutAFolderAreOneClass() {
    Pictures.writePlain(folder.resolve("1.png"), 8, 8, 0);
    Pictures.writePlain(folder.resolve("2.png"), 8, 8, 0);
    assertThat(open().classNames()).containsExactly("images");
    Pictures.writePlain(folder.resolve("cat/2.png"), 8, 8, 0);
    assertThat(open().classNames()).containsExactly("cat", "images");
  }

  @Test
  void numbersAreInTheOrderOfNumbers() {
    for (String name : List.of("10", "2", "007", "1", "02")) {
      Pictures.writePlain(folder.resolve(name + "/x.png"), 8, 8, 0);
    }
    assertThat(open().classNames()).containsExactly("1", "02", "2", "007", "10");
    Pictures.writePlain(folder.resolve("one/x.png"), 8, 8, 0);
    assertThat(open().classNames()).containsExactly("007", "02", "1", "10", "2", "one");
  }

  @Test
  void manyImagesKeepTheirPlaces() {
    for (int index = 0; index < 113; index++) {
      Pictures.writePlain(
          folder.resolve("c" + index % 3 + "/%03d.png".formatted(index)), 10, 10, index * 0x020202);
    }
    ImageData data = open();
    assertThat(data.count()).isEqualTo(113);
    int at = 0;
    for (int label = 0; label < 3; label++) {
      for (int index = label; index < 113; index += 3) {
        assertThat(data.label(at)).isEqualTo(label);
        assertThat(Pictures.read(data, at, false)[0])
            .isEqualTo(index * 2 / 127.5f - 1, within(1e-6f));
        at++;
      }
    }
  }

  @Test
  void aBrokenImageIsNamed() {
    for (int index = 0; index < 40; index++) {
      Pictures.writePlain(folder.resolve("cat/%02d.png".formatted(index)), 8, 8, 0);
    }
    Pictures.write(folder.resolve("cat/23.png"), new byte[] {1, 2, 3});
    Pictures.write(folder.resolve("cat/31.png"), new byte[0]);
    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessage(
            "cat/23.png in %s is not a PNG, JPEG, GIF or BMP image by its first bytes; convert or remove it."
                .formatted(folder));
  }

  @Test
  void imagesOfOtherFormatsAreNotLeftOutInSilence() {
    Pictures.writePlain(folder.resolve("cat/1.png"), 8, 8, 0);
    Pictures.write(folder.resolve("cat/2.webp"), new byte[] {1, 2, 3});
    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessage(
            "cat/2.webp in %s is a .webp image, which is not read; convert it to PNG or JPEG."
                .formatted(folder));
  }

  @Test
  void namesThatGarbleMessagesAreRefused() {
    Pictures.writePlain(folder.resolve("cat\n/1.png"), 8, 8, 0);
    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessage(
            "cat?/1.png in %s has a control character in its name; rename it.".formatted(folder));
  }

  @Test
  void anEmptyFolderIsNoSource() throws IOException {
    Files.createDirectories(folder.resolve("cat"));
    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessage(
            "%s holds no PNG, JPEG, GIF or BMP image; give a folder, zip or tar of class folders."
                .formatted(folder));
  }

  @Test
  void moreThanTheBudgetIsRefusedBeforeDecoding() {
    for (int index = 0; index < 5; index++) {
      Pictures.write(folder.resolve("cat/" + index + ".png"), new byte[] {0});
    }
    assertThatThrownBy(() -> ImageSources.open(folder.toString(), 8, 0, 900))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(folder + " has 5 images, which at side 8 take 0.00 GB of memory");
  }

  @Test
  void aFolderWithinItselfIsRefused() throws IOException {
    Pictures.writePlain(folder.resolve("cat/1.png"), 8, 8, 0);
    Files.createSymbolicLink(folder.resolve("cat/again"), folder);
    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("The folder %s cannot be listed".formatted(folder));
  }
}
