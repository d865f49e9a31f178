package org.basisar.bar.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ResamplerTest {
  private static PlanarPicture noise(int channels, int height, int width) {
    byte[] bytes = new byte[channels * height * width];
    Draws draws = new Draws(height, width);
    for (int at = 0; at < bytes.length; at++) {
      bytes[at] = (byte) draws.below(256);
    }
    return new PlanarPicture(bytes, 0, channels, height, width);
  }

  @ParameterizedTest
  @CsvSource({"1, 8", "3, 13", "3, 33"})
  void theSameSizeIsTheSamePicture(int channels, int side) {
    PlanarPicture picture = noise(channels, side, side);
    byte[] square = Resampler.toSquare(picture, side);
    int[] row = new int[side * channels];
    for (int y = 0; y < side; y++) {
      picture.row(y, 0, side, row);
      for (int x = 0; x < side; x++) {
        for (int channel = 0; channel < channels; channel++) {
          assertThat(square[(channel * side + y) * side + x] & 255)
              .isEqualTo(row[x * channels + channel]);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"32, 16", "33, 16", "113, 8", "31, 30", "1023, 9", "64, 64"})
  void reducingKeepsTheMean(int from, int to) {
    PlanarPicture picture = noise(1, from, from);
    assertThat(mean(Resampler.toSquare(picture, to)))
        .isEqualTo(mean(Resampler.toSquare(picture, from)), within(0.6));
  }

  private static double mean(byte[] bytes) {
    double sum = 0;
    for (byte value : bytes) {
      sum += value & 255;
    }
    return sum / bytes.length;
  }

  @Test
  void reducingByAThirdWeighsPartlyCoveredPixels() {
    byte[] bytes = {90, 30, 0, 90, 30, 0, 90, 30, 0};
    byte[] square = Resampler.toSquare(new PlanarPicture(bytes, 0, 1, 3, 3), 2);
    assertThat(square).containsExactly(70, 10, 70, 10);
  }

  @Test
  void enlargingInterpolatesBetweenPixelMiddles() {
    byte[] bytes = {0, 100, 0, 100};
    byte[] square = Resampler.toSquare(new PlanarPicture(bytes, 0, 1, 2, 2), 4);
    assertThat(square)
        .containsExactly(0, 25, 75, 100, 0, 25, 75, 100, 0, 25, 75, 100, 0, 25, 75, 100);
  }

  @Test
  void onePixelFillsTheSquare() {
    byte[] square = Resampler.toSquare(new PlanarPicture(new byte[] {(byte) 200}, 0, 1, 1, 1), 9);
    assertThat(square).hasSize(81).containsOnly(200);
  }

  @ParameterizedTest
  @CsvSource({"40, 16, 16", "16, 40, 16", "41, 17, 8", "17, 41, 33", "3, 90, 8"})
  void onlyTheMiddleSquareCounts(int height, int width, int side) {
    byte[] bytes = new byte[height * width];
    int crop = Math.min(height, width);
    int top = (height - crop) / 2;
    int left = (width - crop) / 2;
    for (int y = 0; y < crop; y++) {
      for (int x = 0; x < crop; x++) {
        bytes[(top + y) * width + left + x] = (byte) 255;
      }
    }
    assertThat(Resampler.toSquare(new PlanarPicture(bytes, 0, 1, height, width), side))
        .containsOnly(-1);
  }
}
