package org.basisar.bar.picture;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.basisar.nn.io.AtomicFile;

/** PNG files, written whole; the same pixels always give the same bytes. */
public final class PngWriter {
  private PngWriter() {}

  /**
   * Writes a picture as PNG, atomically (see {@link AtomicFile}).
   *
   * @param target the file to create or replace; missing folders are created
   * @param image the picture
   * @throws IOException if the file cannot be written
   */
  public static void write(Path target, BufferedImage image) throws IOException {
    AtomicFile.replace(target, encode(image));
  }

  /**
   * The bytes of a PNG file.
   *
   * @param image the picture
   * @return the encoded file
   */
  public static byte[] encode(BufferedImage image) {
    var bytes = new ByteArrayOutputStream();
    // The memory cache, because ImageIO's default makes a temporary file for every picture.
    try (var stream = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(image, "png", stream)) {
        throw new IllegalArgumentException(
            "A picture of type " + image.getType() + " cannot be a PNG; convert it to ARGB first.");
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException("Writing a PNG to memory failed", impossible);
    }
    return bytes.toByteArray();
  }
}
