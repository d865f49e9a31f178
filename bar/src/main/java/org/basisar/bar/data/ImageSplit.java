package org.basisar.bar.data;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The images to train on, and others of the same kind that are never trained on, to judge by.
 *
 * @param training the images to train on
 * @param heldOut the others, or null if there are none
 */
public record ImageSplit(ImageData training, @Nullable ImageData heldOut) {
  /** Of a source that cannot draw more, at most one image in so many is held out. */
  private static final int LEAST_KEPT = 10;

  private static final long OTHER_IMAGES = 0x68656c64L;

  /**
   * Opens a data source; see {@link ImageSources#open}. The embedded ones draw other images to hold
   * out. Of files, images evenly spread over them are held out, at most a tenth.
   *
   * @param heldOut images to hold out, 0 for none
   */
  public static ImageSplit open(String specification, int side, long seed, int heldOut) {
    ImageData all = ImageSources.open(specification, side, seed);
    if (heldOut == 0) {
      return new ImageSplit(all, null);
    }
    if (ImageSources.embedded(specification)) {
      return new ImageSplit(
          all, first(ImageSources.open(specification, side, seed ^ OTHER_IMAGES), heldOut));
    }
    return of(all, heldOut);
  }

  /** Splits images as the files of a data source are split. */
  public static ImageSplit of(ImageData all, int heldOut) {
    int count = all.count();
    int apart = Math.min(heldOut, count / LEAST_KEPT);
    if (apart == 0) {
      return new ImageSplit(all, null);
    }
    // The middle image of each of equal stretches: files lie class by class.
    int[] held =
        IntStream.range(0, apart).map(i -> (int) ((2L * i + 1) * count / (2L * apart))).toArray();
    int[] kept = IntStream.range(0, count).filter(i -> Arrays.binarySearch(held, i) < 0).toArray();
    return new ImageSplit(
        new SelectedImages(all, kept, "for training"), new SelectedImages(all, held, "held out"));
  }

  private static ImageData first(ImageData all, int count) {
    int[] indices = IntStream.range(0, Math.min(count, all.count())).toArray();
    return new SelectedImages(all, indices, "held out");
  }
}
