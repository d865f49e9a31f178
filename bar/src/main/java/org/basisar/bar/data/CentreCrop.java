package org.basisar.bar.data;

import org.basisar.bar.data.FixedPointResize.Filter;
import org.basisar.bar.data.FixedPointResize.Pixels;

/**
 * The centre crop that public latents and reference statistics were made with (ADM's): while the
 * shorter side is at least twice the target both sides are halved by box averaging, then the
 * shorter side is brought to the target by bicubic resampling, then the middle is cut out.
 */
final class CentreCrop {
  private static final int CHANNELS = 3;

  private CentreCrop() {}

  /** The picture at the given side, planar bytes [3, side, side]; grey is repeated. */
  static byte[] toSquare(Picture picture, int side) {
    Pixels pixels = interleaved(picture);
    while (Math.min(pixels.width, pixels.height) >= 2 * side) {
      pixels = FixedPointResize.resize(pixels, pixels.width / 2, pixels.height / 2, Filter.BOX);
    }
    double scale = (double) side / Math.min(pixels.width, pixels.height);
    int width = (int) Math.rint(pixels.width * scale);
    int height = (int) Math.rint(pixels.height * scale);
    pixels = FixedPointResize.resize(pixels, width, height, Filter.BICUBIC);
    return cut(pixels, (width - side) / 2, (height - side) / 2, side);
  }

  private static byte[] cut(Pixels pixels, int left, int top, int side) {
    byte[] planar = new byte[CHANNELS * side * side];
    int to = 0;
    for (int channel = 0; channel < CHANNELS; channel++) {
      for (int row = 0; row < side; row++) {
        int from = ((top + row) * pixels.width + left) * CHANNELS + channel;
        for (int column = 0; column < side; column++) {
          planar[to++] = pixels.pixels[from + column * CHANNELS];
        }
      }
    }
    return planar;
  }

  private static Pixels interleaved(Picture picture) {
    int width = picture.width();
    int height = picture.height();
    int channels = picture.channels();
    byte[] pixels = new byte[height * width * CHANNELS];
    int[] line = new int[width * channels];
    int to = 0;
    for (int row = 0; row < height; row++) {
      picture.row(row, 0, width, line);
      for (int column = 0; column < width; column++) {
        for (int channel = 0; channel < CHANNELS; channel++) {
          pixels[to++] = (byte) line[column * channels + channel % channels];
        }
      }
    }
    return new Pixels(pixels, width, height);
  }
}
