package org.basisar.bar.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The image files below a folder. */
final class FolderFiles {
  private static final int DEPTH = 16;

  private FolderFiles() {}

  static List<EncodedFile> list(Path folder) {
    String source = folder.toString();
    try (Stream<Path> paths = Files.walk(folder, DEPTH, FileVisitOption.FOLLOW_LINKS)) {
      return paths
          .filter(Files::isRegularFile)
          .filter(file -> ImageNames.accepts(source, below(folder, file)))
          .map(file -> new EncodedFile(below(folder, file), () -> read(file)))
          .limit(Limits.IMAGES + 1L)
          .toList();
    } catch (IOException | UncheckedIOException fault) {
      throw new DataException(
          "The folder %s cannot be listed (%s).".formatted(folder, fault.getMessage()), fault);
    }
  }

  private static String below(Path folder, Path file) {
    return folder.relativize(file).toString().replace('\\', '/');
  }

  private static byte[] read(Path file) {
    try (InputStream stream = Files.newInputStream(file)) {
      byte[] bytes = stream.readNBytes(Limits.FILE_BYTES + 1);
      if (bytes.length > Limits.FILE_BYTES) {
        throw new DataException(
            "%s is larger than the %d MiB that are read of one image; scale it down or remove it."
                .formatted(file, Limits.FILE_BYTES >> 20));
      }
      return bytes;
    } catch (IOException fault) {
      throw new DataException("%s cannot be read (%s).".formatted(file, fault.getMessage()), fault);
    }
  }
}
