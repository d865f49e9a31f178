package org.basisar.bar.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Pictures at their own sizes, one after the other, as evaluators are given them. */
public interface RgbSource extends AutoCloseable {
  /** Number of pictures. */
  int count();

  /** The name of a picture's class, or null if the source knows none. */
  @Nullable String className(int index);

  /**
   * Hands over the pictures in order; may be called more than once.
   *
   * @throws DataException if one cannot be read
   */
  void forEach(Consumer<RgbImage> taker);

  @Override
  void close();

  /**
   * Opens pictures on disk.
   *
   * @param path a folder, a {@code .zip}, or an {@code .npz} with bytes {@code arr_0} [N, H, W, 3]
   * @throws DataException if there are none
   */
  static RgbSource open(Path path) {
    String name = path.toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".npz")) {
      return SampleArchive.open(path);
    }
    return RgbFiles.open(path);
  }

  /** Pictures in memory, planar [channels, side, side] in [−1, 1], as a run generates them. */
  static RgbSource of(List<float[]> images, int side, List<String> classNames) {
    return new GeneratedPictures(images, side, classNames);
  }
}
