package org.basisar.bar.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Base64;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Pillow 12.3 makes of the same pixels, by its checksums and values. */
class CentreCropTest {
  /** A JPEG of four inks, 8×8, that Pillow wrote. */
  private static final String INKS =
      "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAUDg8SDw0UEhASFxUUGB4yIR4cHB49LC4kMklATEtHQEZFUFpzYlBVbVZFRmSI"
          + "ZW13e4GCgU5gjZeMfZZzfoF8/8AAFAgACAAIBEMRAE0RAFkRAEsRAP/EABUAAQEAAAAAAAAAAAAAAAAAAAQG/8QA"
          + "HhAAAQEJAAAAAAAAAAAAAAAAAAUEBhYiMUFCYqH/2gAOBEMATQBZAEsAAD8AS8+YmJN+iVRSrMVDLY//2Q==";

  /** Pixels of a formula. */
  private record Formula(int width, int height) implements Picture {
    @Override
    public int channels() {
      return 3;
    }

    @Override
    public void row(int row, int left, int count, int[] pixels) {
      for (int i = 0; i < count; i++) {
        int x = left + i;
        for (int channel = 0; channel < 3; channel++) {
          pixels[i * 3 + channel] = x * 7 + row * 13 + channel * 29 + x * row % 11 * 5 & 255;
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "500, 375, 256, 425295576",
    "33, 31, 16, 406315824",
    "113, 257, 64, 1809786312",
    "16, 16, 16, 762681451",
    "15, 9, 32, 851762066",
    "100, 64, 32, 622660334",
    "65, 129, 32, 1438529668",
    "1, 1, 8, 3590832052",
    "1023, 333, 31, 2817207644"
  })
  void isWhatPillowMakes(int width, int height, int side, long checksum) {
    CRC32 crc = new CRC32();
    crc.update(CentreCrop.toSquare(new Formula(width, height), side));
    assertThat(crc.getValue()).isEqualTo(checksum);
  }

  @Test
  void fourInksAreColoursAsPillowHasThem() {
    byte[] file = Base64.getDecoder().decode(INKS);
    assertPixel(file, 0, 0, 200, 201, 200);
    assertPixel(file, 3, 5, 100, 157, 123);
    assertPixel(file, 7, 7, 47, 46, 47);
    assertPixel(file, 0, 7, 47, 255, 151);
    file[17] = 2; // Adobe's mark of YCCK
    assertPixel(file, 0, 0, 0, 106, 0);
    assertPixel(file, 3, 5, 133, 154, 72);
    assertPixel(file, 7, 7, 255, 122, 255);
    assertPixel(file, 0, 7, 176, 255, 0);
  }

  private static void assertPixel(byte[] file, int row, int column, int... colour) {
    try (ImageDecoder decoder =
        new ImageDecoder(ImageDecoder.pixelPermits(), CentreCrop::toSquare)) {
      byte[] planar = decoder.decode("inks.jpg", file, 8);
      for (int channel = 0; channel < 3; channel++) {
        assertThat(planar[(channel * 8 + row) * 8 + column] & 255)
            .as("row %d, column %d, channel %d", row, column, channel)
            .isCloseTo(colour[channel], within(2));
      }
    }
  }
}
