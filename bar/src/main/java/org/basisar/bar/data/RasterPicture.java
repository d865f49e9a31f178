package org.basisar.bar.data;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * A decoded ImageIO picture as red, green, blue bytes, with transparency laid over white. Grey and
 * 16-bit samples are taken as stored: {@code BufferedImage.getRGB} would treat grey as linear light
 * and brighten it.
 */
final class RasterPicture implements Picture {
  private enum Layout {
    PALETTE,
    SAMPLES,
    OTHER
  }

  private final BufferedImage image;
  private final Raster raster;
  private final Layout layout;
  private final int bands;
  private final int[] palette;
  private final int[] largestSample;
  private int[] samples = {};

  private RasterPicture(BufferedImage image) {
    this.image = image;
    this.raster = image.getRaster();
    this.bands = raster.getNumBands();
    ColorModel model = image.getColorModel();
    this.layout = layout(model, raster);
    if (model instanceof IndexColorModel indexed) {
      palette = new int[indexed.getMapSize()];
      indexed.getRGBs(palette);
      largestSample = new int[0];
    } else {
      palette = new int[0];
      largestSample = new int[bands];
      for (int band = 0; band < bands; band++) {
        largestSample[band] = (1 << raster.getSampleModel().getSampleSize(band)) - 1;
      }
    }
  }

  static Picture of(BufferedImage image) {
    return new RasterPicture(image);
  }

  private static Layout layout(ColorModel model, Raster raster) {
    if (model instanceof IndexColorModel) {
      return Layout.PALETTE;
    }
    boolean integral =
        model.getTransferType() == DataBuffer.TYPE_BYTE
            || model.getTransferType() == DataBuffer.TYPE_USHORT;
    boolean components = model instanceof ComponentColorModel && !model.isAlphaPremultiplied();
    return components && integral && raster.getNumBands() <= 4 ? Layout.SAMPLES : Layout.OTHER;
  }

  @Override
  public int width() {
    return image.getWidth();
  }

  @Override
  public int height() {
    return image.getHeight();
  }

  @Override
  public int channels() {
    return 3;
  }

  @Override
  public void row(int row, int left, int count, int[] pixels) {
    switch (layout) {
      case PALETTE -> {
        samples = raster.getSamples(left, row, count, 1, 0, grown(count));
        for (int column = 0; column < count; column++) {
          // A picture may use more colours than its palette has; the missing ones are black.
          int index = samples[column];
          overWhite(index < palette.length ? palette[index] : 0xFF000000, pixels, column * 3);
        }
      }
      case SAMPLES -> {
        samples = raster.getPixels(left, row, count, 1, grown(count * bands));
        for (int column = 0; column < count; column++) {
          overWhite(packed(column * bands), pixels, column * 3);
        }
      }
      case OTHER -> {
        samples = image.getRGB(left, row, count, 1, grown(count), 0, count);
        for (int column = 0; column < count; column++) {
          overWhite(samples[column], pixels, column * 3);
        }
      }
    }
  }

  private int[] grown(int length) {
    return samples.length >= length ? samples : new int[length];
  }

  /** One pixel of 1 (grey), 2 (grey, alpha), 3 or 4 samples as alpha, red, green, blue bytes. */
  private int packed(int at) {
    boolean grey = bands <= 2;
    int red = scaled(at, 0);
    int green = grey ? red : scaled(at, 1);
    int blue = grey ? red : scaled(at, 2);
    int alpha = bands == 2 || bands == 4 ? scaled(at, bands - 1) : 255;
    return alpha << 24 | red << 16 | green << 8 | blue;
  }

  private int scaled(int at, int band) {
    int largest = largestSample[band];
    int sample = samples[at + band];
    return largest == 255 ? sample : (sample * 255 + largest / 2) / largest;
  }

  private static void overWhite(int argb, int[] pixels, int at) {
    int alpha = argb >>> 24;
    int white = (255 - alpha) * 255 + 127;
    pixels[at] = ((argb >> 16 & 255) * alpha + white) / 255;
    pixels[at + 1] = ((argb >> 8 & 255) * alpha + white) / 255;
    pixels[at + 2] = ((argb & 255) * alpha + white) / 255;
  }
}
