package org.basisar.bar.data;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * The IDX files of MNIST and its kin: {@code *-images-idx3-ubyte} (big-endian magic 0x00000803,
 * count, rows, columns, then one byte per pixel) and {@code *-labels-idx1-ubyte} (magic 0x00000801,
 * count, then one byte per label), plain or {@code .gz}. Labels are their own class names.
 */
final class IdxFiles {
  private static final Pattern IMAGES = Pattern.compile("(.*)images([-.])idx3-ubyte(\\.gz)?");
  private static final int IMAGES_MAGIC = 0x00000803;
  private static final int LABELS_MAGIC = 0x00000801;
  private static final int LARGEST_SIDE = 4096;

  private IdxFiles() {}

  /** Whether a file has the name of an IDX image file. */
  static boolean isImages(Path file) {
    return IMAGES.matcher(file.getFileName().toString()).matches();
  }

  /**
   * The IDX image files directly in a folder, in the order of their names; none if it is not an IDX
   * folder.
   */
  static List<Path> images(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).filter(IdxFiles::isImages).sorted().toList();
    } catch (IOException fault) {
      throw new DataException(
          "The folder %s cannot be listed (%s).".formatted(folder, fault.getMessage()), fault);
    }
  }

  /** The image file to train on: the only one, or the one whose name begins with "train". */
  static Path training(Path folder, List<Path> images) {
    List<Path> training =
        images.size() == 1
            ? images
            : images.stream()
                .filter(file -> file.getFileName().toString().startsWith("train"))
                .toList();
    if (training.size() != 1) {
      throw new DataException(
          "%s has %d IDX image files of which %d begin with \"train\"; give the path of the one to use."
              .formatted(folder, images.size(), training.size()));
    }
    return training.getFirst();
  }

  static ImageData load(Path imagesFile, int side, long byteBudget) {
    int[] labels = labels(labelsFile(imagesFile));
    byte[][] images = images(imagesFile, labels.length, side, byteBudget);
    int classes = IntStream.of(labels).max().orElse(0) + 1;
    List<String> classNames = IntStream.range(0, classes).mapToObj(Integer::toString).toList();
    return new StoredImages(imagesFile.toString(), classNames, side, 1, images, labels);
  }

  private static Path labelsFile(Path images) {
    Matcher name = IMAGES.matcher(images.getFileName().toString());
    if (!name.matches()) {
      throw new DataException(
          "%s is not named like an IDX image file, *-images-idx3-ubyte.".formatted(images));
    }
    String plain = name.group(1) + "labels" + name.group(2) + "idx1-ubyte";
    for (String candidate : List.of(plain, plain + ".gz")) {
      Path file = images.toAbsolutePath().resolveSibling(candidate);
      if (Files.isRegularFile(file)) {
        return file;
      }
    }
    throw new DataException(
        "%s has no labels beside it; put %s or %s.gz there.".formatted(images, plain, plain));
  }

  private static int[] labels(Path file) {
    try (DataInputStream stream = open(file)) {
      int count = header(file, stream, LABELS_MAGIC);
      // Read in steps of what is really there, so that a lie about the count costs no memory.
      byte[] bytes = stream.readNBytes(count);
      if (bytes.length < count) {
        throw new EOFException();
      }
      expectEnd(file, stream);
      int[] labels = new int[count];
      for (int index = 0; index < count; index++) {
        labels[index] = bytes[index] & 255;
      }
      return labels;
    } catch (IOException fault) {
      throw damaged(file, fault);
    }
  }

  private static byte[][] images(Path file, int labels, int side, long byteBudget) {
    try (DataInputStream stream = open(file)) {
      int count = header(file, stream, IMAGES_MAGIC);
      int rows = stream.readInt();
      int columns = stream.readInt();
      if (rows < 1 || rows > LARGEST_SIDE || columns < 1 || columns > LARGEST_SIDE) {
        throw new DataException(
            "%s says its images are %d x %d pixels, where 1 to %d a side are read; fetch it again."
                .formatted(file, columns, rows, LARGEST_SIDE));
      }
      if (count != labels) {
        throw new DataException(
            "%s has %d images for %d labels; fetch both files from the same place."
                .formatted(file, count, labels));
      }
      Limits.checkDecoded(file.toString(), count, 1, side, byteBudget);
      byte[][] images = new byte[count][];
      byte[] pixels = new byte[rows * columns];
      for (int index = 0; index < count; index++) {
        stream.readFully(pixels);
        images[index] = Resampler.toSquare(new PlanarPicture(pixels, 0, 1, rows, columns), side);
      }
      expectEnd(file, stream);
      return images;
    } catch (IOException fault) {
      throw damaged(file, fault);
    }
  }

  private static DataInputStream open(Path file) throws IOException {
    InputStream stream = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    if (!file.getFileName().toString().endsWith(".gz")) {
      return new DataInputStream(stream);
    }
    try {
      return new DataInputStream(
          new BufferedInputStream(new GZIPInputStream(stream, 1 << 16), 1 << 16));
    } catch (IOException fault) {
      stream.close();
      throw fault;
    }
  }

  /** Checks the magic number and returns the count. */
  private static int header(Path file, DataInputStream stream, int expected) throws IOException {
    int magic = stream.readInt();
    if (magic != expected) {
      throw new DataException(
          "%s begins with 0x%08X, not the 0x%08X of IDX; fetch it again."
              .formatted(file, magic, expected));
    }
    int count = stream.readInt();
    if (count < 1 || count > Limits.IMAGES) {
      throw new DataException(
          "%s says it has %d entries, where 1 to %d are read; fetch it again."
              .formatted(file, count, Limits.IMAGES));
    }
    return count;
  }

  private static void expectEnd(Path file, DataInputStream stream) throws IOException {
    if (stream.read() >= 0) {
      throw new DataException(
          "%s holds more than its header says; fetch it again.".formatted(file));
    }
  }

  private static DataException damaged(Path file, IOException fault) {
    return switch (fault) {
      case EOFException _ ->
          new DataException("%s is cut short; fetch it again.".formatted(file), fault);
      case ZipException _ ->
          new DataException(
              "%s is not a sound gzip file (%s); fetch it again."
                  .formatted(file, fault.getMessage()),
              fault);
      default ->
          new DataException("%s cannot be read (%s).".formatted(file, fault.getMessage()), fault);
    };
  }
}
