package org.basisar.bar.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Pictures and files for the tests of this package. */
final class Pictures {
  private Pictures() {}

  /** A picture of one colour. */
  static BufferedImage plain(int width, int height, int rgb) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, rgb);
      }
    }
    return image;
  }

  /** A picture of smooth waves, different in each channel. */
  static BufferedImage waves(int width, int height, int type) {
    BufferedImage image = new BufferedImage(width, height, type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int red = (int) (127 + 120 * StrictMath.sin(x * 0.21));
        int green = (int) (127 + 120 * StrictMath.sin(y * 0.17));
        int blue = (int) (127 + 120 * StrictMath.sin((x + y) * 0.13));
        image.setRGB(x, y, 0xFF000000 | red << 16 | green << 8 | blue);
      }
    }
    return image;
  }

  static byte[] encode(BufferedImage image, String format) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, format, bytes)) {
        throw new IllegalArgumentException("no writer for " + format);
      }
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
    return bytes.toByteArray();
  }

  /** Writes a file and the folders above it. */
  static Path write(Path file, byte[] bytes) {
    try {
      if (file.getParent() != null) {
        Files.createDirectories(file.getParent());
      }
      return Files.write(file, bytes);
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  /** Writes a PNG of one colour. */
  static Path writePlain(Path file, int width, int height, int rgb) {
    return write(file, encode(plain(width, height, rgb), "png"));
  }

  /** The floats of image {@code index}. */
  static float[] read(ImageData data, int index, boolean flip) {
    float[] floats = new float[data.channels() * data.side() * data.side()];
    data.read(index, flip, floats, 0);
    return floats;
  }
}
