package org.basisar.bar.report;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A picture in a run folder. Its name tells what it is: the kind, then a number that is the
 * training step, as in {@code prefix-001500.png}.
 *
 * @param file where it lies
 * @param kind its name without the number, as {@code prefix}
 * @param step the number, if there is one
 */
record RunPicture(Path file, String kind, OptionalLong step) {
  private static final Pattern NUMBERED = Pattern.compile("(.*?)[-_. ]*(?:step)?[-_]*(\\d{1,18})");
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final byte[] TRAILER = {'I', 'E', 'N', 'D', (byte) 0xae, 0x42, 0x60, (byte) 0x82};

  /** Pictures of one kind, oldest first. */
  record Sequence(String kind, List<RunPicture> pictures) {
    RunPicture newest() {
      return pictures.getLast();
    }

    /** The older ones, at most {@code most} of them, spread over the whole run, oldest first. */
    List<RunPicture> older(int most) {
      int count = pictures.size() - 1;
      if (count <= most) {
        return pictures.subList(0, count);
      }
      var chosen = new ArrayList<RunPicture>();
      for (int i = 0; i < most; i++) {
        chosen.add(
            pictures.get((int) Math.round((double) i * (count - 1) / Math.max(1, most - 1))));
      }
      return chosen;
    }
  }

  /** A PNG that is whole, with its size in pixels. */
  record Encoded(ByteBuffer bytes, int width, int height) {}

  /**
   * The PNG files of a folder by kind; none if there is no such folder.
   *
   * @throws IOException if the folder exists but cannot be read
   */
  static List<Sequence> sequences(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    var byKind = new TreeMap<String, List<RunPicture>>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".png") && !name.startsWith(".") && Files.isRegularFile(file)) {
          RunPicture picture = of(file, name.substring(0, name.length() - 4));
          byKind.computeIfAbsent(picture.kind, _ -> new ArrayList<>()).add(picture);
        }
      }
    } catch (DirectoryIteratorException failed) {
      throw failed.getCause();
    }
    Comparator<RunPicture> byStep = Comparator.comparingLong(picture -> picture.step.orElse(-1));
    byKind.values().forEach(list -> list.sort(byStep.thenComparing(RunPicture::file)));
    return byKind.entrySet().stream()
        .map(entry -> new Sequence(entry.getKey(), List.copyOf(entry.getValue())))
        .toList();
  }

  private static RunPicture of(Path file, String stem) {
    Matcher numbered = NUMBERED.matcher(stem);
    return numbered.matches()
        ? new RunPicture(
            file, numbered.group(1), OptionalLong.of(Long.parseLong(numbered.group(2))))
        : new RunPicture(file, stem, OptionalLong.empty());
  }

  /**
   * The file's content, or nothing if it is not, or not yet, a whole PNG or is gone again.
   *
   * @param mostBytes larger files are left out
   */
  Optional<Encoded> read(long mostBytes) throws IOException {
    byte[] bytes;
    try {
      if (Files.size(file) > mostBytes) {
        return Optional.empty();
      }
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
    int end = bytes.length;
    if (end < 45
        || !Arrays.equals(bytes, 0, 8, SIGNATURE, 0, 8)
        || !Arrays.equals(bytes, end - 8, end, TRAILER, 0, 8)) {
      return Optional.empty();
    }
    ByteBuffer header = ByteBuffer.wrap(bytes);
    return Optional.of(
        new Encoded(header.asReadOnlyBuffer(), header.getInt(16), header.getInt(20)));
  }
}
