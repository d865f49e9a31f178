package org.basisar.bar.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ImageDecoderTest {
  private final Semaphore permits = ImageDecoder.pixelPermits();
  private final ImageDecoder decoder = new ImageDecoder(permits);

  @AfterEach
  void everyPermitIsGivenBack() {
    decoder.close();
    assertThat(permits.availablePermits()).isEqualTo(Limits.PICTURE_PIXELS);
  }

  private static byte[] sample(String format) {
    int type = format.equals("gif") ? BufferedImage.TYPE_BYTE_INDEXED : BufferedImage.TYPE_INT_RGB;
    return Pictures.encode(Pictures.waves(40, 31, type), format);
  }

  /** The one colour of a decoded picture, 0xRRGGBB. */
  private int onlyColour(BufferedImage image, String format) {
    byte[] planar = decoder.decode("picture", Pictures.encode(image, format), 8);
    for (int at = 0; at < 64; at++) {
      assertThat(planar[at]).isEqualTo(planar[0]);
      assertThat(planar[64 + at]).isEqualTo(planar[64]);
      assertThat(planar[128 + at]).isEqualTo(planar[128]);
    }
    return (planar[0] & 255) << 16 | (planar[64] & 255) << 8 | (planar[128] & 255);
  }

  @ParameterizedTest
  @CsvSource({"png, 0", "bmp, 0", "gif, 30", "jpeg, 45"})
  void everyFormatComesOutAsItWentIn(String format, int tolerance) {
    BufferedImage image =
        Pictures.waves(
            33,
            33,
            format.equals("gif") ? BufferedImage.TYPE_BYTE_INDEXED : BufferedImage.TYPE_INT_RGB);
    byte[] planar = decoder.decode("picture", Pictures.encode(image, format), 33);
    for (int y = 0; y < 33; y++) {
      for (int x = 0; x < 33; x++) {
        Color colour = new Color(image.getRGB(x, y));
        int at = y * 33 + x;
        assertThat(Math.abs((planar[at] & 255) - colour.getRed())).isLessThanOrEqualTo(tolerance);
        assertThat(Math.abs((planar[33 * 33 + at] & 255) - colour.getGreen()))
            .isLessThanOrEqualTo(tolerance);
        assertThat(Math.abs((planar[2 * 33 * 33 + at] & 255) - colour.getBlue()))
            .isLessThanOrEqualTo(tolerance);
      }
    }
  }

  @Test
  void greyIsTakenAsStored() {
    for (String format : new String[] {"png", "jpeg", "bmp"}) {
      BufferedImage grey = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
      for (int at = 0; at < 256; at++) {
        grey.getRaster().setSample(at % 16, at / 16, 0, 100);
      }
      assertThat(onlyColour(grey, format)).isEqualTo(0x646464);
    }
  }

  @Test
  void sixteenBitsAreScaledToEight() {
    BufferedImage grey = new BufferedImage(16, 16, BufferedImage.TYPE_USHORT_GRAY);
    for (int at = 0; at < 256; at++) {
      grey.getRaster().setSample(at % 16, at / 16, 0, 257 * 77 + 20);
    }
    assertThat(onlyColour(grey, "png")).isEqualTo(0x4D4D4D);
  }

  @Test
  void transparencyIsLaidOverWhite() {
    BufferedImage image = new BufferedImage(9, 9, BufferedImage.TYPE_INT_ARGB);
    for (int at = 0; at < 81; at++) {
      image.setRGB(at % 9, at / 9, 0x80FF0000);
    }
    assertThat(onlyColour(image, "png")).isEqualTo(0xFF7F7F);
    assertThat(onlyColour(new BufferedImage(9, 9, BufferedImage.TYPE_INT_ARGB), "png"))
        .isEqualTo(0xFFFFFF);
  }

  @Test
  void palettesAndTheirTransparentColourAreResolved() {
    byte[] red = {0, (byte) 255};
    byte[] green = {0, 16};
    byte[] blue = {0, 32};
    BufferedImage opaque =
        new BufferedImage(
            9, 9, BufferedImage.TYPE_BYTE_BINARY, new IndexColorModel(1, 2, red, green, blue));
    BufferedImage clear =
        new BufferedImage(
            9, 9, BufferedImage.TYPE_BYTE_INDEXED, new IndexColorModel(8, 2, red, green, blue, 1));
    for (BufferedImage image : new BufferedImage[] {opaque, clear}) {
      for (int at = 0; at < 81; at++) {
        image.getRaster().setSample(at % 9, at / 9, 0, 1);
      }
    }
    assertThat(onlyColour(opaque, "png")).isEqualTo(0xFF1020);
    assertThat(onlyColour(clear, "png")).isEqualTo(0xFFFFFF);
    assertThat(onlyColour(clear, "gif")).isEqualTo(0xFFFFFF);
  }

  @Test
  void theFormatIsToldByTheBytesAndReadersAreReused() {
    for (int repeat = 0; repeat < 3; repeat++) {
      for (String format : new String[] {"png", "jpeg", "gif", "bmp"}) {
        assertThat(decoder.decode("wrong.name", sample(format), 8)).hasSize(192);
        assertThatThrownBy(() -> decoder.decode("half", Arrays.copyOf(sample(format), 400), 8))
            .isInstanceOf(DataException.class);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpeg", "gif", "bmp"})
  void aFileCutShortAnywhereIsRefusedByName(String format) {
    byte[] whole = sample(format);
    // The last bytes close the file and hold no picture.
    for (int length = 0; length < whole.length - 32; length += 7) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> decoder.decode("class/0001.img", part, 16))
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith("class/0001.img ")
          .hasMessageEndingWith(".");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpeg", "gif", "bmp"})
  void damagedBytesGiveAPictureOrASentence(String format) {
    Random random = new Random(17);
    byte[] whole = sample(format);
    int refused = 0;
    for (int trial = 0; trial < 600; trial++) {
      byte[] damaged = whole.clone();
      for (int change = 0; change < 3; change++) {
        int reach = trial % 2 == 0 ? Math.min(64, damaged.length) : damaged.length;
        damaged[random.nextInt(reach)] = (byte) random.nextInt(256);
      }
      try {
        assertThat(decoder.decode("damaged", damaged, 8)).hasSize(192);
      } catch (DataException fault) {
        refused++;
        assertThat(fault.getMessage()).startsWith("damaged ").endsWith(".").doesNotContain("\n");
      }
    }
    assertThat(refused).isPositive();
  }

  @Test
  void absurdSizesAreRefusedFromTheHeader() {
    assertThatThrownBy(() -> decoder.decode("wide.png", pngOfSize(2_000_000_000, 1), 8))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "wide.png says it is 2000000000 x 1 pixels, where 1 to 16384 a side are read; scale it down or remove it.");
    assertThatThrownBy(() -> decoder.decode("big.png", pngOfSize(16_000, 16_000), 8))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "big.png says it is 16000 x 16000 pixels, more than the 36 million that are read; scale it down or remove"
                + " it.");
  }

  /** A PNG whose header, with a sound check sum, tells of another size than its pixels have. */
  private static byte[] pngOfSize(int width, int height) {
    byte[] png = Pictures.encode(Pictures.plain(4, 4, 0x123456), "png");
    ByteBuffer header = ByteBuffer.wrap(png);
    header.putInt(16, width).putInt(20, height);
    CRC32 sum = new CRC32();
    sum.update(png, 12, 17);
    header.putInt(29, (int) sum.getValue());
    return png;
  }

  @Test
  void otherBytesAreNoImage() {
    assertThatThrownBy(() -> decoder.decode("empty.png", new byte[0], 8))
        .hasMessage("empty.png is empty; replace or remove this image.");
    assertThatThrownBy(() ->
            decoder.decode(
                "page.png", "<html>not found</html>".getBytes(StandardCharsets.UTF_8), 8))
        .hasMessage(
            "page.png is not a PNG, JPEG, GIF or BMP image by its first bytes; convert or remove it.");
  }
}
