package org.basisar.bar.data;

import java.util.List;

/** Images that were decoded when their source was opened. */
final class StoredImages implements ImageData {
  private final String source;
  private final List<String> classNames;
  private final int side;
  private final int channels;
  private final byte[][] images; // [count][channels * side * side]
  private final int[] labels;

  /** Takes the arrays over; the caller must not write to them any more. */
  StoredImages(
      String source,
      List<String> classNames,
      int side,
      int channels,
      byte[][] images,
      int[] labels) {
    this.source = source;
    this.classNames = List.copyOf(classNames);
    this.side = side;
    this.channels = channels;
    this.images = images;
    this.labels = labels;
  }

  @Override
  public int count() {
    return images.length;
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  @Override
  public int side() {
    return side;
  }

  @Override
  public int channels() {
    return channels;
  }

  @Override
  public void read(int index, boolean flip, float[] destination, int offset) {
    PlanarBytes.scale(images[index], side, flip, destination, offset);
  }

  @Override
  public String describe() {
    return Description.of(source, this);
  }
}
