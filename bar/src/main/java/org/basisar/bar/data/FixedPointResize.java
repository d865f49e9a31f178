package org.basisar.bar.data;

/**
 * Changes the size of 8-bit pictures as Pillow does, bit for bit: each axis by itself, columns
 * first, with weights in fixed point and bytes in between. Public latents were made from pictures
 * that went through it.
 */
final class FixedPointResize {
  private static final int FRACTION_BITS = 22;
  private static final int HALF = 1 << (FRACTION_BITS - 1);
  private static final int CHANNELS = 3;

  private FixedPointResize() {}

  /** The weight of a source pixel by its distance from a target pixel's middle. */
  enum Filter {
    /** The mean of what the target pixel covers. */
    BOX(0.5) {
      @Override
      double at(double distance) {
        return distance > -0.5 && distance <= 0.5 ? 1 : 0;
      }
    },
    /** Keys' cubic with a = −½. */
    BICUBIC(2) {
      @Override
      double at(double distance) {
        double x = Math.abs(distance);
        if (x < 1) {
          return ((SLOPE + 2) * x - (SLOPE + 3)) * x * x + 1;
        }
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * SLOPE : 0;
      }
    };

    private static final double SLOPE = -0.5;

    private final double support;

    Filter(double support) {
      this.support = support;
    }

    abstract double at(double distance);
  }

  /** An interleaved colour picture. */
  static final class Pixels {
    final byte[] pixels; // [height, width, 3]
    final int width;
    final int height;

    Pixels(byte[] pixels, int width, int height) {
      this.pixels = pixels;
      this.width = width;
      this.height = height;
    }
  }

  /** The picture with another width and height; the same object if both are the same. */
  static Pixels resize(Pixels source, int width, int height, Filter filter) {
    return rows(columns(source, width, filter), height, filter);
  }

  private static Pixels columns(Pixels source, int width, Filter filter) {
    if (width == source.width) {
      return source;
    }
    Taps[] taps = taps(source.width, width, filter);
    byte[] made = new byte[source.height * width * CHANNELS];
    int to = 0;
    for (int row = 0; row < source.height; row++) {
      int line = row * source.width * CHANNELS;
      for (Taps tap : taps) {
        int from = line + tap.first * CHANNELS;
        for (int channel = 0; channel < CHANNELS; channel++) {
          made[to++] = sum(tap, source.pixels, from + channel, CHANNELS);
        }
      }
    }
    return new Pixels(made, width, source.height);
  }

  private static Pixels rows(Pixels source, int height, Filter filter) {
    if (height == source.height) {
      return source;
    }
    int stride = source.width * CHANNELS;
    byte[] made = new byte[height * stride];
    int to = 0;
    for (Taps tap : taps(source.height, height, filter)) {
      for (int column = 0; column < stride; column++) {
        made[to++] = sum(tap, source.pixels, tap.first * stride + column, stride);
      }
    }
    return new Pixels(made, source.width, height);
  }

  private static byte sum(Taps taps, byte[] pixels, int from, int stride) {
    int sum = HALF;
    int at = from;
    for (int weight : taps.weights) {
      sum += weight * (pixels[at] & 255);
      at += stride;
    }
    return (byte) Math.clamp(sum >> FRACTION_BITS, 0, 255);
  }

  /** Where a target pixel's source begins, and the weights in fixed point. */
  private static final class Taps {
    final int first;
    final int[] weights;

    Taps(int first, int... weights) {
      this.first = first;
      this.weights = weights;
    }
  }

  private static Taps[] taps(int source, int targets, Filter filter) {
    double step = (double) source / targets;
    double widening = Math.max(step, 1);
    double reach = filter.support * widening;
    double narrowing = 1 / widening;
    Taps[] all = new Taps[targets];
    for (int target = 0; target < targets; target++) {
      double middle = (target + 0.5) * step;
      int first = Math.max(0, (int) (middle - reach + 0.5));
      int count = Math.min(source, (int) (middle + reach + 0.5)) - first;
      double[] weights = new double[count];
      double sum = 0;
      for (int i = 0; i < count; i++) {
        weights[i] = filter.at((i + first - middle + 0.5) * narrowing);
        sum += weights[i];
      }
      int[] fixed = new int[count];
      for (int i = 0; i < count; i++) {
        double scaled = weights[i] / sum * (1 << FRACTION_BITS);
        fixed[i] = (int) (scaled < 0 ? scaled - 0.5 : scaled + 0.5);
      }
      all[target] = new Taps(first, fixed);
    }
    return all;
  }
}
