package org.basisar.bar.latent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.basisar.bar.data.DataException;
import org.basisar.nn.io.IoReason;
import org.basisar.nn.io.numpy.NumpyArchive;
import org.basisar.nn.io.numpy.NumpyException;
import org.basisar.nn.io.numpy.NumpyReader;
import org.jspecify.annotations.Nullable;

/**
 * The cache of MAR's code: a folder for each class, and in it for each image an {@code .npz} with
 * {@code moments} and {@code moments_flip}, F32 [2C, h, w]. The first file tells the extents; the
 * others are checked when they are read. Classes are in the order of their names, images in that of
 * theirs. Nothing says which autoencoder made them.
 */
public final class MomentFiles extends LatentImages {
  private static final String SUFFIX = ".npz";
  private static final int MOST_IMAGES = 20_000_000;
  private static final int MOST_NUMBERS = 1 << 24;

  private final Path folder;
  private final int factor;
  private final List<String> classNames = new ArrayList<>();
  private final List<Path> files = new ArrayList<>();
  private final int[] labels;
  private final int channels;
  private final int side;

  private MomentFiles(Path folder, int factor) {
    this.folder = folder;
    this.factor = factor;
    List<Integer> found = new ArrayList<>();
    for (Path classFolder : sorted(folder)) {
      if (!Files.isDirectory(classFolder)) {
        continue;
      }
      List<Path> inside =
          sorted(classFolder).stream().filter(file -> file.toString().endsWith(SUFFIX)).toList();
      if (inside.isEmpty()) {
        continue;
      }
      inside.forEach(_ -> found.add(classNames.size()));
      files.addAll(inside);
      classNames.add(String.valueOf(classFolder.getFileName()));
      if (files.size() > MOST_IMAGES) {
        throw new DataException("%s holds more than %d images.".formatted(folder, MOST_IMAGES));
      }
    }
    if (files.isEmpty()) {
      throw new DataException("%s holds no class folders of .npz files.".formatted(folder));
    }
    labels = found.stream().mapToInt(Integer::intValue).toArray();
    List<Integer> extents = extents(files.getFirst());
    channels = extents.get(0) / 2;
    side = extents.get(1);
  }

  /** Whether a folder is such a cache by the first file of its first class. */
  public static boolean recognised(Path folder) {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    for (Path classFolder : sorted(folder)) {
      if (Files.isDirectory(classFolder)) {
        return sorted(classFolder).stream().limit(1).anyMatch(f -> f.toString().endsWith(SUFFIX));
      }
    }
    return false;
  }

  /**
   * Lists a cache.
   *
   * @param factor pixels of a picture's side for one of a latent's
   * @throws DataException if it cannot be used, in one sentence
   */
  public static MomentFiles open(Path folder, int factor) {
    return new MomentFiles(folder, factor);
  }

  private static List<Path> sorted(Path folder) {
    try (Stream<Path> content = Files.list(folder)) {
      return content
          .filter(path -> !String.valueOf(path.getFileName()).startsWith("."))
          .sorted(
              (a, b) -> String.valueOf(a.getFileName()).compareTo(String.valueOf(b.getFileName())))
          .toList();
    } catch (IOException e) {
      throw new DataException("%s cannot be listed (%s).".formatted(folder, IoReason.of(e)), e);
    } catch (UncheckedIOException e) {
      throw new DataException("%s cannot be listed (%s).".formatted(folder, IoReason.of(e)), e);
    }
  }

  private static List<Integer> extents(Path file) {
    try (NumpyArchive archive = NumpyArchive.open(file);
        NumpyReader reader = archive.array("moments")) {
      List<Integer> extents = reader.header().extents();
      if (extents.size() != 3
          || extents.get(0) < 2
          || extents.get(0) % 2 != 0
          || extents.get(1) < 1
          || !extents.get(1).equals(extents.get(2))
          || reader.header().elements() > MOST_NUMBERS) {
        throw new DataException(
            "%s holds moments of %s, where [2C, h, h] is expected; encode the pictures again."
                .formatted(file, reader.header().describe()));
      }
      return extents;
    } catch (NumpyException e) {
      throw unreadable(e);
    }
  }

  private static DataException unreadable(NumpyException e) {
    return new DataException(
        "An image of the cache cannot be read: %s.".formatted(e.getMessage()), e);
  }

  @Override
  void moments(int index, boolean flip, float[] destination) {
    Path file = files.get(index);
    try (NumpyArchive archive = NumpyArchive.open(file);
        NumpyReader reader = archive.array(flip ? "moments_flip" : "moments")) {
      if (!reader.header().hasShape(2 * channels, side, side) || !reader.header().rowMajor()) {
        throw new DataException(
            "%s holds moments of %s, where the first image has [%d, %d, %d]; encode it again."
                .formatted(file, reader.header().describe(), 2 * channels, side, side));
      }
      reader.readFloats(destination, 0, 2 * size());
    } catch (NumpyException e) {
      throw unreadable(e);
    }
    if (!LatentShard.finite(destination, 2 * size())) {
      throw new DataException(
          "%s holds moments that are not finite; encode it again.".formatted(file));
    }
  }

  @Override
  public int count() {
    return labels.length;
  }

  @Override
  public List<String> classNames() {
    return List.copyOf(classNames);
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  @Override
  public int side() {
    return side;
  }

  @Override
  public int channels() {
    return channels;
  }

  @Override
  public int pictureSide() {
    return side * factor;
  }

  @Override
  public @Nullable String weights() {
    return null;
  }

  @Override
  public @Nullable String weightsChecksum() {
    return null;
  }

  @Override
  public @Nullable String pictures() {
    return null;
  }

  @Override
  public String describe() {
    return describe(folder.toString());
  }
}
