package org.basisar.bar.metrics;

/** Feature vectors of a set of images, row-major [count, width]. */
public final class Features {
  private final int count;
  private final int width;
  private final double[] values;

  /**
   * Wraps an array.
   *
   * @param count number of images
   * @param width numbers per image
   * @param values [count · width], not copied
   */
  public Features(int count, int width, double[] values) {
    if (values.length != count * width) {
      throw new IllegalArgumentException(
          "features: " + values.length + " numbers are not " + count + " rows of " + width);
    }
    this.count = count;
    this.width = width;
    this.values = values;
  }

  /** Number of images. */
  public int count() {
    return count;
  }

  /** Numbers per image. */
  public int width() {
    return width;
  }

  /** The numbers, row-major [count, width]. */
  public double[] values() {
    return values;
  }

  double at(int row, int column) {
    return values[row * width + column];
  }

  static void requireSameWidth(Features left, Features right) {
    if (left.width != right.width) {
      throw new IllegalArgumentException(
          "features of widths " + left.width + " and " + right.width + " cannot be compared");
    }
  }

  /** The inner product of two rows. */
  static double dot(Features left, int row, Features right, int other) {
    double sum = 0;
    for (int i = 0; i < left.width; i++) {
      sum += left.values[row * left.width + i] * right.values[other * right.width + i];
    }
    return sum;
  }

  /** The squared Euclidean distance of two rows. */
  static double squaredDistance(Features left, int row, Features right, int other) {
    double sum = 0;
    for (int i = 0; i < left.width; i++) {
      double difference = left.values[row * left.width + i] - right.values[other * right.width + i];
      sum += difference * difference;
    }
    return sum;
  }
}
