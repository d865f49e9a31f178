package org.basisar.bar.data;

import java.awt.image.Raster;

/**
 * A JPEG of four components, which ImageIO reads but does not convert: inks, stored inverted as
 * Adobe's programs do, perhaps with the first three as YCbCr. ImageNet has a few. Colours are those
 * that Pillow makes of them.
 */
final class FourInkJpeg implements Picture {
  private static final int INKS = 4;
  private static final int YCCK = 2;

  private final Raster raster;
  private final boolean ycck;
  private int[] samples = {};

  private FourInkJpeg(Raster raster, boolean ycck) {
    this.raster = raster;
    this.ycck = ycck;
  }

  /** Whether this is a JPEG of four components by its headers. */
  static boolean is(byte[] encoded) {
    return (encoded[0] & 255) == 0xff && headers(encoded).components == INKS;
  }

  static Picture of(Raster raster, byte[] encoded) {
    return new FourInkJpeg(raster, headers(encoded).transform == YCCK);
  }

  /** What matters of a file's headers; -1 where nothing was said. */
  private record Headers(int components, int transform) {}

  private static Headers headers(byte[] file) {
    int components = -1;
    int transform = -1;
    int at = 2;
    while (at + 4 <= file.length && (file[at] & 255) == 0xff) {
      int marker = file[at + 1] & 255;
      if (marker == 0xff) {
        at++; // fill bytes may precede a marker
        continue;
      }
      int length = (file[at + 2] & 255) << 8 | (file[at + 3] & 255);
      boolean frame = marker == 0xc0 || (marker > 0xc0 && marker <= 0xcf && marker % 4 != 0);
      if (frame && at + 10 <= file.length) {
        components = file[at + 9] & 255;
      }
      if (marker == 0xee && length >= 14 && at + 16 <= file.length && file[at + 4] == 'A') {
        transform = file[at + 15] & 255;
      }
      if (marker == 0xda) {
        break;
      }
      at += 2 + length;
    }
    return new Headers(components, transform);
  }

  @Override
  public int width() {
    return raster.getWidth();
  }

  @Override
  public int height() {
    return raster.getHeight();
  }

  @Override
  public int channels() {
    return 3;
  }

  @Override
  public void row(int row, int left, int count, int[] pixels) {
    if (samples.length < count * INKS) {
      samples = new int[count * INKS];
    }
    samples = raster.getPixels(left, row, count, 1, samples);
    for (int column = 0; column < count; column++) {
      int at = column * INKS;
      int white = samples[at + 3]; // inverted black
      for (int ink = 0; ink < 3; ink++) {
        pixels[column * 3 + ink] = white - share(255 - stored(at, ink), white);
      }
    }
  }

  /** An inverted ink. */
  private int stored(int at, int ink) {
    if (!ycck) {
      return samples[at + ink];
    }
    int y = samples[at];
    int cb = samples[at + 1] - 128;
    int cr = samples[at + 2] - 128;
    // libjpeg's fixed-point tables: what it calls an ink is 255 less the colour.
    int colour =
        switch (ink) {
          case 0 -> y + ((91881 * cr + 32768) >> 16);
          case 1 -> y + ((-22554 * cb - 46802 * cr + 32768) >> 16);
          default -> y + ((116130 * cb + 32768) >> 16);
        };
    return 255 - Math.clamp(colour, 0, 255);
  }

  /** a·b/255, rounded. */
  private static int share(int a, int b) {
    int product = a * b + 128;
    return ((product >> 8) + product) >> 8;
  }
}
