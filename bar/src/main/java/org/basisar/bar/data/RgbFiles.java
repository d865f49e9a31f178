package org.basisar.bar.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The picture files of a folder or zip in the order of their paths, each at its own size. The
 * folder of a picture is its class.
 */
final class RgbFiles implements RgbSource {
  private final String source;
  private final List<EncodedFile> files;
  private final @Nullable ZipFiles zip;

  private RgbFiles(String source, List<EncodedFile> files, @Nullable ZipFiles zip) {
    if (files.isEmpty()) {
      throw new DataException("%s holds no PNG, JPEG, GIF or BMP image.".formatted(source));
    }
    this.source = source;
    this.files = files.stream().sorted(Comparator.comparing(EncodedFile::path)).toList();
    this.zip = zip;
  }

  static RgbFiles open(Path path) {
    if (Files.isDirectory(path)) {
      return new RgbFiles(path.toString(), FolderFiles.list(path), null);
    }
    if (!Files.exists(path) || !path.toString().toLowerCase(Locale.ROOT).endsWith(".zip")) {
      throw new DataException(
          "There is no folder, .zip or .npz %s; check the path.".formatted(path));
    }
    ZipFiles zip = ZipFiles.open(path);
    boolean opened = false;
    try {
      RgbFiles files = new RgbFiles(path.toString(), zip.list(), zip);
      opened = true;
      return files;
    } finally {
      if (!opened) {
        zip.close();
      }
    }
  }

  @Override
  public int count() {
    return files.size();
  }

  @Override
  public @Nullable String className(int index) {
    String[] steps = files.get(index).path().split("/", -1);
    return steps.length < 2 ? null : steps[steps.length - 2];
  }

  @Override
  public void forEach(Consumer<RgbImage> taker) {
    for (EncodedFile file : files) {
      taker.accept(decode(file.path() + " in " + source, file.content().read()));
    }
  }

  private static RgbImage decode(String name, byte[] encoded) {
    try (ImageInputStream input =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(encoded))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(input);
      if (!readers.hasNext()) {
        throw new DataException("%s is no image by its first bytes; remove it.".formatted(name));
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(input, true, true);
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels < 1 || pixels > Limits.PICTURE_PIXELS) {
          throw new DataException(
              "%s says it has %d pixels, where 1 to %d million are read; scale it down."
                  .formatted(name, pixels, Limits.PICTURE_PIXELS / 1_000_000));
        }
        return planar(reader.read(0));
      } finally {
        reader.dispose();
      }
    } catch (DataException fault) {
      throw fault;
    } catch (IOException | RuntimeException fault) {
      // The readers of ImageIO tell of malformed files by whichever unchecked exception the
      // nonsense led them to.
      throw new DataException(
          "%s is not a readable image; replace or remove it.".formatted(name), fault);
    }
  }

  private static RgbImage planar(BufferedImage image) {
    Picture picture = RasterPicture.of(image);
    int width = picture.width();
    int height = picture.height();
    int channels = picture.channels();
    byte[] planes = new byte[3 * width * height];
    int[] row = new int[width * channels];
    for (int y = 0; y < height; y++) {
      picture.row(y, 0, width, row);
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < 3; c++) {
          planes[(c * height + y) * width + x] = (byte) row[x * channels + (channels == 3 ? c : 0)];
        }
      }
    }
    return new RgbImage(height, width, planes);
  }

  @Override
  public void close() {
    if (zip != null) {
      zip.close();
    }
  }
}
