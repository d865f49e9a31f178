package org.basisar.bar.train;

import org.basisar.bar.data.ImageData;
import org.basisar.bar.xar.CellOrder;

/**
 * Pixels as tokens and back, without a tokenizer network: each square patch of the image is one
 * token, its numbers in the order channel, row, column; tokens follow in cell order.
 */
public final class PixelTokens {
  private final int side;
  private final int channels;
  private final int patch;
  private final CellOrder order;
  private final double scale;
  private final int[] pixel; // planar pixel index of each number of the sequence

  /**
   * A tokenizer for square images.
   *
   * @param side pixels along each side
   * @param channels 1 or 3
   * @param patch pixels along each side of a token
   * @param cellsPerSide see {@link CellOrder}
   * @param scale factor on pixels in [-1, 1]; 1 over their standard deviation makes tokens
   *     unit-sized
   * @throws IllegalArgumentException if patches do not tile the image
   */
  public PixelTokens(int side, int channels, int patch, int cellsPerSide, double scale) {
    if (patch <= 0 || side % patch != 0) {
      throw new IllegalArgumentException(
          "patches of "
              + patch
              + " pixels do not tile images of "
              + side
              + " pixels; choose a divisor of the side");
    }
    this.side = side;
    this.channels = channels;
    this.patch = patch;
    this.scale = scale;
    order = new CellOrder(side / patch, cellsPerSide);
    pixel = new int[side * side * channels];
    int grid = side / patch;
    int at = 0;
    for (int t = 0; t < order.tokens(); t++) {
      int top = order.raster(t) / grid * patch;
      int left = order.raster(t) % grid * patch;
      for (int c = 0; c < channels; c++) {
        for (int y = 0; y < patch; y++) {
          for (int x = 0; x < patch; x++) {
            pixel[at++] = (c * side + top + y) * side + left + x;
          }
        }
      }
    }
  }

  /** The order of the tokens. */
  public CellOrder order() {
    return order;
  }

  /** Numbers per token, C. */
  public int dimension() {
    return patch * patch * channels;
  }

  /** Numbers per image. */
  public int size() {
    return pixel.length;
  }

  /** Pixels along each side of an image. */
  public int side() {
    return side;
  }

  /** Channels of an image. */
  public int channels() {
    return channels;
  }

  /**
   * One image as tokens.
   *
   * @param image planar [channels, side, side]
   * @param tokens receives [N, C] from {@code offset} on
   */
  public void toTokens(float[] image, float[] tokens, int offset) {
    for (int i = 0; i < pixel.length; i++) {
      tokens[offset + i] = (float) (image[pixel[i]] * scale);
    }
  }

  /**
   * Tokens of images spread evenly over the data.
   *
   * @param most images, fewer if the data has fewer
   * @return [images, N, C]
   */
  public float[] sample(ImageData data, int most) {
    int images = Math.min(most, data.count());
    float[] sample = new float[images * size()];
    float[] image = new float[size()];
    for (int i = 0; i < images; i++) {
      data.read((int) ((long) i * data.count() / images), false, image, 0);
      toTokens(image, sample, i * size());
    }
    return sample;
  }

  /**
   * One image back from tokens, not limited to [-1, 1].
   *
   * @param tokens [N, C] from {@code offset} on
   * @return planar [channels, side, side]
   */
  public float[] toImage(double[] tokens, int offset) {
    float[] image = new float[pixel.length];
    for (int i = 0; i < pixel.length; i++) {
      image[pixel[i]] = (float) (tokens[offset + i] / scale);
    }
    return image;
  }
}
