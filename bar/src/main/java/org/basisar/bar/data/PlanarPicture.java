package org.basisar.bar.data;

/** A picture that lies in a byte array as planes, at {@code offset}: [channels, height, width]. */
final class PlanarPicture implements Picture {
  private final byte[] bytes;
  private final int offset;
  private final int channels;
  private final int height;
  private final int width;

  PlanarPicture(byte[] bytes, int offset, int channels, int height, int width) {
    this.bytes = bytes;
    this.offset = offset;
    this.channels = channels;
    this.height = height;
    this.width = width;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public int channels() {
    return channels;
  }

  @Override
  public void row(int row, int left, int count, int[] pixels) {
    for (int channel = 0; channel < channels; channel++) {
      int from = offset + (channel * height + row) * width + left;
      for (int column = 0; column < count; column++) {
        pixels[column * channels + channel] = bytes[from + column] & 255;
      }
    }
  }
}
