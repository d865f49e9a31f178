package org.basisar.bar.data;

/** A picture at its own size, planar bytes [3, height, width]. */
public final class RgbImage {
  private final int height;
  private final int width;
  private final byte[] planes;

  /**
   * Wraps bytes.
   *
   * @param planes red, then green, then blue, not copied
   */
  public RgbImage(int height, int width, byte[] planes) {
    if (planes.length != 3L * height * width) {
      throw new IllegalArgumentException(
          planes.length + " bytes are no picture of 3 x " + height + " x " + width);
    }
    this.height = height;
    this.width = width;
    this.planes = planes;
  }

  /** Rows. */
  public int height() {
    return height;
  }

  /** Columns. */
  public int width() {
    return width;
  }

  /** The bytes, [3, height, width]. */
  public byte[] planes() {
    return planes;
  }
}
