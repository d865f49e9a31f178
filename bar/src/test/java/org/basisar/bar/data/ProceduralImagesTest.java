package org.basisar.bar.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ProceduralImagesTest {
  private static final long ROOMY = 1L << 40;

  /**
   * The same bytes on every machine: these sums may change only when the drawing is meant to
   * change.
   */
  @ParameterizedTest
  @CsvSource({
    "embedded, 8, 2644283034",
    "embedded, 16, 4259987984",
    "embedded, 33, 3244244646",
    "embedded:shapes, 16, 2291897567",
    "embedded:faces, 16, 2543745238",
    "embedded:faces, 64, 2248505287",
  })
  void bytesArePinned(String specification, int side, long expected) {
    ImageData data = ImageSources.open(specification, side, 42);
    CRC32 sum = new CRC32();
    for (int index = 0; index < 24; index++) {
      for (float value : Pictures.read(data, index, false)) {
        sum.update(Math.round((value + 1) * 127.5f));
      }
    }
    assertThat(sum.getValue()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"embedded", "embedded:shapes", "embedded:faces"})
  void labelsGoRoundTheClasses(String specification) {
    ImageData data = ImageSources.open(specification, 16, 1);
    assertThat(data.count()).isEqualTo(20_000);
    assertThat(data.channels()).isEqualTo(3);
    assertThat(data.side()).isEqualTo(16);
    assertThat(data.classNames()).hasSize(12).doesNotHaveDuplicates();
    for (int index : new int[] {0, 1, 11, 12, 13, 19_999}) {
      assertThat(data.label(index)).isEqualTo(index % 12);
    }
    assertThat(data.describe())
        .isEqualTo(specification + ": 20000 images of 16x16 pixels, colour, 12 classes");
  }

  @Test
  void anImageDependsOnSeedAndIndexAlone() {
    ImageData data = ImageSources.open("embedded", 16, 7);
    float[] late = Pictures.read(data, 500, false);
    float[] early = Pictures.read(data, 3, false);
    ImageData again = ImageSources.open("embedded", 16, 7);
    assertThat(Pictures.read(again, 3, false)).isEqualTo(early);
    assertThat(Pictures.read(again, 500, false)).isEqualTo(late);
    assertThat(Pictures.read(ImageSources.open("embedded", 16, 8), 3, false)).isNotEqualTo(early);
    assertThat(Pictures.read(data, 15, false)).isNotEqualTo(early);
  }

  @Test
  void aSetTooLargeToKeepIsDrawnAgainToTheSameBytes() {
    ImageData kept = ImageSources.open("embedded:faces", 16, 7, ROOMY);
    ImageData redrawn = ImageSources.open("embedded:faces", 16, 7, 1000);
    for (int index = 0; index < 12; index++) {
      float[] first = Pictures.read(redrawn, index, false);
      assertThat(first).isEqualTo(Pictures.read(kept, index, false));
      assertThat(Pictures.read(redrawn, index, false)).isEqualTo(first);
    }
  }

  @Test
  void threadsReadTheSameBytes() {
    ImageData shared = ImageSources.open("embedded", 16, 7);
    ImageData alone = ImageSources.open("embedded", 16, 7);
    boolean same =
        IntStream.range(0, 2000)
            .parallel()
            .map(position -> position / 4)
            .allMatch(index ->
                Arrays.equals(
                    Pictures.read(shared, index, false), Pictures.read(alone, index, false)));
    assertThat(same).isTrue();
  }

  @Test
  void flipMirrorsEachRowOfEachPlane() {
    ImageData data = ImageSources.open("embedded", 13, 5);
    float[] straight = Pictures.read(data, 7, false);
    float[] flipped = Pictures.read(data, 7, true);
    for (int row = 0; row < 3 * 13; row++) {
      for (int column = 0; column < 13; column++) {
        assertThat(flipped[row * 13 + column]).isEqualTo(straight[row * 13 + 12 - column]);
      }
    }
    assertThat(flipped).isNotEqualTo(straight);
  }

  @Test
  void valuesFillTheRange() {
    ImageData data = ImageSources.open("embedded", 16, 5);
    float lowest = 1;
    float highest = -1;
    for (int index = 0; index < 240; index++) {
      for (float value : Pictures.read(data, index, false)) {
        lowest = Math.min(lowest, value);
        highest = Math.max(highest, value);
      }
    }
    assertThat(lowest).isBetween(-1f, -0.6f);
    assertThat(highest).isBetween(0.9f, 1f);
  }

  @Test
  void writesAtTheOffsetAndNowhereElse() {
    ImageData data = ImageSources.open("embedded", 8, 5);
    float[] destination = new float[3 * 64 + 10];
    Arrays.fill(destination, 9);
    data.read(0, false, destination, 4);
    assertThat(destination[3]).isEqualTo(9);
    assertThat(destination[4]).isNotEqualTo(9);
    assertThat(destination[4 + 3 * 64 - 1]).isNotEqualTo(9);
    assertThat(destination[4 + 3 * 64]).isEqualTo(9);
  }

  @Test
  void refusesPositionsThatDoNotExist() {
    ImageData data = ImageSources.open("embedded", 8, 5);
    float[] destination = new float[3 * 64];
    assertThatThrownBy(() -> data.read(20_000, false, destination, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> data.label(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> data.read(0, false, destination, 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(destination).containsOnly(0);
  }

  /**
   * A picture is nearer to its own class than to the others for most pictures, judged by nothing
   * but the distance to 1,200 others of how much each pixel differs from the picture's corner; so
   * there is something for a small model to learn.
   */
  @Test
  void classesCanBeToldApart() {
    ImageData data = ImageSources.open("embedded", 16, 11);
    int known = 1200;
    int asked = 120;
    float[][] outlines = new float[known + asked][];
    for (int index = 0; index < outlines.length; index++) {
      outlines[index] = contrast(Pictures.read(data, index, false));
    }
    int right = 0;
    for (int index = known; index < outlines.length; index++) {
      int nearest = 0;
      double least = Double.MAX_VALUE;
      for (int other = 0; other < known; other++) {
        double distance = 0;
        for (int at = 0; at < 256; at++) {
          double difference = outlines[index][at] - outlines[other][at];
          distance += difference * difference;
        }
        if (distance < least) {
          least = distance;
          nearest = other;
        }
      }
      right += data.label(nearest) == data.label(index) ? 1 : 0;
    }
    assertThat(right).isGreaterThan(asked * 8 / 10);
  }

  private static float[] contrast(float[] planar) {
    float[] contrast = new float[256];
    float largest = 0;
    for (int at = 0; at < 256; at++) {
      for (int plane = 0; plane < 3; plane++) {
        contrast[at] += Math.abs(planar[plane * 256 + at] - planar[plane * 256]);
      }
      largest = Math.max(largest, contrast[at]);
    }
    for (int at = 0; at < 256; at++) {
      contrast[at] /= largest;
    }
    return contrast;
  }
}
