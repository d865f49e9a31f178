package org.basisar.bar.data;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.basisar.nn.io.numpy.NumpyArchive;
import org.basisar.nn.io.numpy.NumpyReader;
import org.basisar.nn.io.numpy.NumpyType;
import org.jspecify.annotations.Nullable;

/**
 * The array {@code arr_0} of bytes [N, H, W, 3] that the ADM evaluator reads samples and references
 * from, a picture at a time.
 */
final class SampleArchive implements RgbSource {
  private static final String NAME = "arr_0";

  private final NumpyArchive archive;
  private final int count;
  private final int height;
  private final int width;

  private SampleArchive(NumpyArchive archive, List<Integer> extents) {
    this.archive = archive;
    count = extents.get(0);
    height = extents.get(1);
    width = extents.get(2);
  }

  static SampleArchive open(Path file) {
    NumpyArchive archive = NumpyArchive.open(file);
    boolean opened = false;
    try (NumpyReader reader = archive.array(NAME)) {
      List<Integer> extents = reader.header().extents();
      if (reader.header().type() != NumpyType.U8
          || extents.size() != 4
          || extents.get(3) != 3
          || !reader.header().rowMajor()) {
        throw new DataException(
            "%s has an arr_0 of %s, where pictures are |u1 (N, H, W, 3) in C order."
                .formatted(file, reader.header().describe()));
      }
      long pixels = (long) extents.get(1) * extents.get(2);
      if (extents.get(0) < 1 || pixels < 1 || pixels > Limits.PICTURE_PIXELS) {
        throw new DataException(
            "%s has an arr_0 of %s, which holds no pictures of 1 to %d million pixels."
                .formatted(file, reader.header().describe(), Limits.PICTURE_PIXELS / 1_000_000));
      }
      SampleArchive samples = new SampleArchive(archive, extents);
      opened = true;
      return samples;
    } finally {
      if (!opened) {
        archive.close();
      }
    }
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public @Nullable String className(int index) {
    return null;
  }

  @Override
  public void forEach(Consumer<RgbImage> taker) {
    int pixels = height * width;
    byte[] interleaved = new byte[3 * pixels];
    try (NumpyReader reader = archive.array(NAME)) {
      for (int image = 0; image < count; image++) {
        reader.readBytes(interleaved, 0, interleaved.length);
        byte[] planes = new byte[interleaved.length];
        for (int i = 0; i < planes.length; i++) {
          planes[i % 3 * pixels + i / 3] = interleaved[i];
        }
        taker.accept(new RgbImage(height, width, planes));
      }
    }
  }

  @Override
  public void close() {
    archive.close();
  }
}
