package org.basisar.bar.data;

import java.util.Objects;

/** How a decoded picture, planar bytes [channels, side, side], becomes floats. */
final class PlanarBytes {
  private static final float[] SCALED = new float[256];

  static {
    for (int value = 0; value < SCALED.length; value++) {
      SCALED[value] = value / 127.5f - 1;
    }
  }

  private PlanarBytes() {}

  /**
   * Writes {@code bytes}, rows of {@code side}, scaled to [-1, 1], each row mirrored if {@code
   * flip}.
   */
  static void scale(byte[] bytes, int side, boolean flip, float[] destination, int offset) {
    Objects.checkFromIndexSize(offset, bytes.length, destination.length);
    if (!flip) {
      for (int at = 0; at < bytes.length; at++) {
        destination[offset + at] = SCALED[bytes[at] & 255];
      }
      return;
    }
    for (int row = 0; row < bytes.length; row += side) {
      for (int column = 0; column < side; column++) {
        destination[offset + row + side - 1 - column] = SCALED[bytes[row + column] & 255];
      }
    }
  }
}
