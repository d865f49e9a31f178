package org.basisar.bar.data;

import java.util.Locale;

/** The bounds that keep a hostile or careless source from taking the machine's memory. */
final class Limits {
  /** An encoded image file. */
  static final int FILE_BYTES = 64 << 20;

  /** Width and height of an encoded image. */
  static final int PICTURE_SIDE = 16_384;

  /** Pixels of one image, and of all images that are being decoded at one time. */
  static final int PICTURE_PIXELS = 36_000_000;

  /** Images in one source. */
  static final int IMAGES = 20_000_000;

  private static final long DECODED_BYTES = 1_500_000_000L;

  private Limits() {}

  /**
   * How many bytes of decoded images a source may keep: 1.5 GB, or half of what Java may use if
   * that is less.
   */
  static long decodedBytes() {
    return Math.min(DECODED_BYTES, Runtime.getRuntime().maxMemory() / 2);
  }

  /** Refuses a source whose decoded images would not fit {@code budget} bytes. */
  static void checkDecoded(String source, long count, int channels, int side, long budget) {
    long bytes = count * channels * side * side;
    if (bytes > budget) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s has %d images, which at side %d take %.2f GB of memory where %.2f GB are allowed; choose a smaller side"
                  + " or fewer images%s.",
              source,
              count,
              side,
              bytes / 1e9,
              budget / 1e9,
              budget < DECODED_BYTES ? ", or give Java more memory with -Xmx" : ""));
    }
  }
}
