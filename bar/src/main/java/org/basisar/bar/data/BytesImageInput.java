package org.basisar.bar.data;

import javax.imageio.stream.ImageInputStreamImpl;

/** An encoded image in memory, as the readers of ImageIO want it, without their cache files. */
final class BytesImageInput extends ImageInputStreamImpl {
  private final byte[] bytes;
  private boolean metEnd;

  BytesImageInput(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Whether a reader has asked for bytes past the end. The JPEG reader fills the missing part of a
   * truncated file with grey and reports success, so this is how truncation shows.
   */
  boolean metEnd() {
    return metEnd;
  }

  void forgetEnd() {
    metEnd = false;
  }

  @Override
  public int read() {
    bitOffset = 0;
    if (streamPos >= bytes.length) {
      metEnd = true;
      return -1;
    }
    return bytes[(int) streamPos++] & 255;
  }

  @Override
  public int read(byte[] destination, int offset, int length) {
    bitOffset = 0;
    if (length == 0) {
      return 0;
    }
    if (streamPos >= bytes.length) {
      metEnd = true;
      return -1;
    }
    int read = (int) Math.min(length, bytes.length - streamPos);
    System.arraycopy(bytes, (int) streamPos, destination, offset, read);
    streamPos += read;
    return read;
  }

  @Override
  public long length() {
    return bytes.length;
  }
}
