package org.basisar.bar.data;

import java.io.EOFException;
import java.io.IOException;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.Semaphore;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/**
 * Decodes PNG, JPEG, GIF (first frame) and BMP files to colour bytes at the training size, framed
 * by the {@link Framing} it was made with. The format is told by the first bytes, not by the name.
 * The header's width and height are checked before anything is decoded. One decoder serves one
 * thread; decoders that share {@code pixelsInFlight} together hold no more decoded pixels than it
 * has permits.
 */
final class ImageDecoder implements AutoCloseable {
  private enum Format {
    PNG("png", "89504e47"),
    JPEG("jpeg", "ffd8ff"),
    GIF("gif", "47494638"),
    BMP("bmp", "424d");

    private final String readerName;
    private final String firstBytes;

    Format(String readerName, String firstBytes) {
      this.readerName = readerName;
      this.firstBytes = firstBytes;
    }
  }

  /** How a picture of any size becomes a square of one. */
  @FunctionalInterface
  interface Framing {
    /** The picture as planar bytes [channels, side, side]. */
    byte[] square(Picture picture, int side);
  }

  private final Semaphore pixelsInFlight;
  private final Framing framing;
  private final Map<Format, ImageReader> readers = new EnumMap<>(Format.class);

  ImageDecoder(Semaphore pixelsInFlight) {
    this(pixelsInFlight, Resampler::toSquare);
  }

  ImageDecoder(Semaphore pixelsInFlight, Framing framing) {
    this.pixelsInFlight = pixelsInFlight;
    this.framing = framing;
  }

  static Semaphore pixelPermits() {
    return new Semaphore(Limits.PICTURE_PIXELS);
  }

  /**
   * Decodes one file.
   *
   * @param name the file's name for messages
   * @return planar bytes [3, side, side]
   * @throws DataException if the file is not a sound image within {@link Limits}
   */
  byte[] decode(String name, byte[] encoded, int side) {
    ImageReader reader = reader(name, encoded);
    try (BytesImageInput input = new BytesImageInput(encoded)) {
      reader.setInput(input, true, true);
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      checkSize(name, width, height);
      int pixels = width * height;
      pixelsInFlight.acquireUninterruptibly(pixels);
      try {
        input.forgetEnd();
        Picture picture =
            FourInkJpeg.is(encoded)
                ? FourInkJpeg.of(reader.readRaster(0, null), encoded)
                : RasterPicture.of(reader.read(0));
        if (input.metEnd()) {
          throw new DataException("%s is cut short; replace or remove this image.".formatted(name));
        }
        return framing.square(picture, side);
      } finally {
        pixelsInFlight.release(pixels);
      }
    } catch (DataException fault) {
      throw fault;
    } catch (IOException | RuntimeException fault) {
      // The readers of ImageIO tell of malformed files by whichever unchecked exception the
      // nonsense led them to.
      throw new DataException(
          "%s is not a readable image (%s); replace or remove it.".formatted(name, reason(fault)),
          fault);
    } finally {
      reader.reset();
    }
  }

  @Override
  public void close() {
    readers.values().forEach(ImageReader::dispose);
    readers.clear();
  }

  private ImageReader reader(String name, byte[] encoded) {
    if (encoded.length == 0) {
      throw new DataException("%s is empty; replace or remove this image.".formatted(name));
    }
    String firstBytes = HexFormat.of().formatHex(encoded, 0, Math.min(encoded.length, 4));
    for (Format format : Format.values()) {
      if (firstBytes.startsWith(format.firstBytes)) {
        return readers.computeIfAbsent(format, ImageDecoder::newReader);
      }
    }
    throw new DataException(
        "%s is not a PNG, JPEG, GIF or BMP image by its first bytes; convert or remove it."
            .formatted(name));
  }

  private static ImageReader newReader(Format format) {
    Iterator<ImageReader> found = ImageIO.getImageReadersByFormatName(format.readerName);
    if (!found.hasNext()) {
      throw new DataException(
          "This Java has no reader for %s images; use one with the java.desktop module."
              .formatted(format));
    }
    return found.next();
  }

  private static void checkSize(String name, int width, int height) {
    if (width < 1 || height < 1 || width > Limits.PICTURE_SIDE || height > Limits.PICTURE_SIDE) {
      throw new DataException(
          "%s says it is %d x %d pixels, where 1 to %d a side are read; scale it down or remove it."
              .formatted(name, width, height, Limits.PICTURE_SIDE));
    }
    if ((long) width * height > Limits.PICTURE_PIXELS) {
      throw new DataException(
          "%s says it is %d x %d pixels, more than the %d million that are read; scale it down or remove it."
              .formatted(name, width, height, Limits.PICTURE_PIXELS / 1_000_000));
    }
  }

  private static String reason(Throwable fault) {
    return switch (fault) {
      case EOFException _ -> "it ends early";
      case IOException _ when fault.getMessage() != null && !fault.getMessage().isBlank() ->
          fault
              .getMessage()
              .strip()
              .lines()
              .findFirst()
              .orElse("malformed")
              .replaceFirst("[.!]$", "");
      default -> "malformed data";
    };
  }
}
