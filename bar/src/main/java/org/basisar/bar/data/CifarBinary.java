package org.basisar.bar.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The binary version of CIFAR-10: files of records, each one label byte (0 to 9) and 3072 bytes of
 * a 32x32 picture, planes red, green, blue. A folder gives its {@code data_batch_*.bin} files in
 * the order of their names, which leaves the test batch out.
 */
final class CifarBinary {
  private static final int SIDE = 32;
  private static final int RECORD = 1 + 3 * SIDE * SIDE;
  private static final int CLASSES = 10;
  private static final String NAMES_FILE = "batches.meta.txt";
  private static final List<String> CLASS_NAMES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  private CifarBinary() {}

  /** The batch files directly in a folder; none if it is not a CIFAR-10 folder. */
  static List<Path> batches(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().matches("data_batch_\\d+\\.bin"))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    } catch (IOException fault) {
      throw new DataException(
          "The folder %s cannot be listed (%s).".formatted(folder, fault.getMessage()), fault);
    }
  }

  static ImageData load(Path source, List<Path> batches, int side, long byteBudget) {
    long count = 0;
    for (Path batch : batches) {
      count += records(batch);
    }
    Limits.checkDecoded(source.toString(), count, 3, side, byteBudget);
    byte[][] images = new byte[(int) count][];
    int[] labels = new int[(int) count];
    int next = 0;
    for (Path batch : batches) {
      next = read(batch, side, images, labels, next);
    }
    return new StoredImages(
        source.toString(),
        classNames(batches.getFirst().toAbsolutePath().resolveSibling(NAMES_FILE)),
        side,
        3,
        images,
        labels);
  }

  private static long records(Path batch) {
    try {
      long size = Files.size(batch);
      if (size == 0 || size % RECORD != 0) {
        throw new DataException(
            "%s has %d bytes, not a whole number of CIFAR-10 records of %d bytes; fetch it again."
                .formatted(batch, size, RECORD));
      }
      return size / RECORD;
    } catch (IOException fault) {
      throw unreadable(batch, fault);
    }
  }

  private static int read(Path batch, int side, byte[][] images, int[] labels, int from) {
    byte[] record = new byte[RECORD];
    int next = from;
    try (InputStream stream = new BufferedInputStream(Files.newInputStream(batch), 1 << 16)) {
      for (int read = stream.readNBytes(record, 0, RECORD);
          read > 0;
          read = stream.readNBytes(record, 0, RECORD)) {
        if (read < RECORD || next == images.length) {
          throw new DataException(
              "%s changed its size while it was read; try again.".formatted(batch));
        }
        int label = record[0] & 255;
        if (label >= CLASSES) {
          throw new DataException(
              "%s has label %d in record %d, where CIFAR-10 has 0 to 9; give the binary version of CIFAR-10."
                  .formatted(batch, label, next - from));
        }
        labels[next] = label;
        images[next] = Resampler.toSquare(new PlanarPicture(record, 1, 3, SIDE, SIDE), side);
        next++;
      }
      return next;
    } catch (IOException fault) {
      throw unreadable(batch, fault);
    }
  }

  /**
   * The names in the file that comes with the batches, or the well-known ones if it is not there.
   */
  private static List<String> classNames(Path file) {
    if (!Files.isRegularFile(file)) {
      return CLASS_NAMES;
    }
    try (InputStream stream = Files.newInputStream(file)) {
      String text = new String(stream.readNBytes(1 << 16), StandardCharsets.UTF_8);
      List<String> names = text.lines().map(String::strip).filter(name -> !name.isEmpty()).toList();
      if (names.size() != CLASSES
          || names.stream().anyMatch(name -> name.chars().anyMatch(Character::isISOControl))) {
        throw new DataException(
            "%s has %d lines, where ten class names are expected; correct or remove it."
                .formatted(file, names.size()));
      }
      return names;
    } catch (IOException fault) {
      throw unreadable(file, fault);
    }
  }

  private static DataException unreadable(Path file, IOException fault) {
    return new DataException("%s cannot be read (%s).".formatted(file, fault.getMessage()), fault);
  }
}
