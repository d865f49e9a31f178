package org.basisar.bar.picture;

import java.awt.image.BufferedImage;

/**
 * Single pictures, pixel for pixel and without a frame, with the rounding of the evaluation
 * protocol: (v + 1)/2·255, limited to 0 … 255, halves to the even neighbour.
 */
public final class PlainPicture {
  private static final int CHANNELS = 3;

  private PlainPicture() {}

  /**
   * The bytes of a picture.
   *
   * @param channels 1 or 3; grey is repeated
   * @param planar [channels, side, side] in [-1, 1], what lies beyond is limited; not a number is 0
   * @return interleaved [side, side, 3]
   */
  public static byte[] bytes(int channels, int side, float[] planar) {
    int plane = side * side;
    if ((channels != 1 && channels != CHANNELS) || planar.length != channels * plane) {
      throw new IllegalArgumentException(
          "%d values are no picture of %d channels of %d x %d"
              .formatted(planar.length, channels, side, side));
    }
    byte[] bytes = new byte[plane * CHANNELS];
    for (int at = 0; at < plane; at++) {
      for (int channel = 0; channel < CHANNELS; channel++) {
        float value = planar[channels == 1 ? at : channel * plane + at];
        bytes[at * CHANNELS + channel] =
            (byte) (int) Math.clamp(Math.rint((value + 1) / 2 * 255), 0, 255);
      }
    }
    return bytes;
  }

  /**
   * The picture of bytes.
   *
   * @param bytes interleaved [side, side, 3]
   */
  public static BufferedImage of(int side, byte[] bytes) {
    int[] colours = new int[side * side];
    for (int at = 0; at < colours.length; at++) {
      colours[at] =
          (bytes[at * CHANNELS] & 255) << 16
              | (bytes[at * CHANNELS + 1] & 255) << 8
              | (bytes[at * CHANNELS + 2] & 255);
    }
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, side, side, colours, 0, side);
    return image;
  }
}
