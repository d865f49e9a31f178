package org.basisar.bar.measure;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.basisar.bar.data.ImageData;

/**
 * Pictures of noise, always the same: what a training step costs does not depend on what it sees.
 *
 * @param side height and width in pixels
 * @param channels 1 or 3
 * @param classNames as many as the network has classes
 */
record NoisePictures(int side, int channels, List<String> classNames) implements ImageData {
  private static final int COUNT = 4096;

  NoisePictures {
    classNames = List.copyOf(classNames);
  }

  /** For a number of classes. */
  static NoisePictures of(int side, int channels, int classes) {
    return new NoisePictures(
        side, channels, IntStream.range(0, classes).mapToObj(i -> "class " + i).toList());
  }

  @Override
  public int count() {
    return COUNT;
  }

  @Override
  public int label(int index) {
    return index % classNames.size();
  }

  @Override
  public void read(int index, boolean flip, float[] destination, int offset) {
    SplittableRandom random = new SplittableRandom(flip ? -1 - index : index);
    for (int i = 0; i < channels * side * side; i++) {
      destination[offset + i] = (random.nextInt() >> 8) * 0x1p-23f;
    }
  }

  @Override
  public String describe() {
    return COUNT + " pictures of noise, " + side + " pixels";
  }
}
