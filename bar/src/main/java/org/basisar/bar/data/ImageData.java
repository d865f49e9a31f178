package org.basisar.bar.data;

import java.util.List;

/**
 * Labelled square images; index-addressed, immutable, thread-safe. They may be latents, whose
 * channels are not colours.
 */
public interface ImageData {
  /** Number of images, at least one. */
  int count();

  /** Class names; the position in the list is the label. At least one. */
  List<String> classNames();

  /**
   * The label of image {@code index}, a position in {@link #classNames()}.
   *
   * @throws IndexOutOfBoundsException unless {@code 0 <= index < count()}
   */
  int label(int index);

  /** Height and width of every image, in pixels. */
  int side();

  /** 1 (grey), 3 (red, green, blue), or as many as a latent has. */
  int channels();

  /**
   * Writes image {@code index}, planar {@code [channels, side, side]}, scaled to [-1, 1] (byte 0 is
   * -1, byte 255 is 1; latents are means as they come), into {@code destination} from {@code
   * offset} on, mirrored left-right if {@code flip}.
   *
   * @throws IndexOutOfBoundsException if there is no such image, or {@code destination} has no room
   *     for it at {@code offset}
   */
  void read(int index, boolean flip, float[] destination, int offset);

  /**
   * Writes what one look at image {@code index} shows, like {@link #read}. Pictures are always the
   * same; of latents, which are distributions, it is a draw.
   *
   * @param seed decides the draw
   */
  default void draw(int index, boolean flip, long seed, float[] destination, int offset) {
    read(index, flip, destination, offset);
  }

  /** Whether looks take so long that several threads should share them. */
  default boolean laborious() {
    return false;
  }

  /** Says that an image will be looked at soon. */
  default void expect(int index) {}

  /** One line for logs: source, number of images, classes, size. */
  String describe();
}
