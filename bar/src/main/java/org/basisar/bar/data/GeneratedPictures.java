package org.basisar.bar.data;

import java.util.List;
import java.util.function.Consumer;

/** Pictures in memory, rounded to bytes as a picture file would hold them. */
final class GeneratedPictures implements RgbSource {
  private final List<float[]> images;
  private final int side;
  private final List<String> classNames;

  GeneratedPictures(List<float[]> images, int side, List<String> classNames) {
    if (classNames.size() != images.size()) {
      throw new IllegalArgumentException(
          images.size() + " pictures have " + classNames.size() + " names");
    }
    this.images = images;
    this.side = side;
    this.classNames = classNames;
  }

  @Override
  public int count() {
    return images.size();
  }

  @Override
  public String className(int index) {
    return classNames.get(index);
  }

  @Override
  public void forEach(Consumer<RgbImage> taker) {
    int pixels = side * side;
    for (float[] image : images) {
      int channels = image.length / pixels;
      byte[] planes = new byte[3 * pixels];
      for (int i = 0; i < planes.length; i++) {
        float value = image[channels == 3 ? i : i % pixels];
        planes[i] = (byte) (int) Math.rint(Math.clamp((value + 1) / 2 * 255, 0f, 255f));
      }
      taker.accept(new RgbImage(side, side, planes));
    }
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
