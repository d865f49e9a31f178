package org.basisar.bar.data;

/**
 * Brings pictures to the training size: the largest centred square, reduced by area averaging (each
 * target pixel is the mean of the source it covers, partly covered pixels by their share) or
 * enlarged bilinearly (pixel middles as the sample points).
 */
final class Resampler {
  private Resampler() {}

  /** The picture at the given side, planar bytes [channels, side, side]. */
  static byte[] toSquare(Picture picture, int side) {
    int crop = Math.min(picture.width(), picture.height());
    int left = (picture.width() - crop) / 2;
    int top = (picture.height() - crop) / 2;
    int channels = picture.channels();
    Taps[] taps = Taps.of(crop, side);
    float[] sums = new float[channels * side * side];
    float[] narrow = new float[channels * side];
    int[] pixels = new int[channels * crop];
    int first = 0;
    for (int row = 0; row < crop; row++) {
      picture.row(top + row, left, crop, pixels);
      narrow(pixels, channels, taps, narrow);
      while (taps[first].from + taps[first].weights.length <= row) {
        first++;
      }
      for (int target = first; target < side && taps[target].from <= row; target++) {
        int tap = row - taps[target].from;
        if (tap < taps[target].weights.length) {
          add(narrow, taps[target].weights[tap], channels, side, target, sums);
        }
      }
    }
    byte[] planar = new byte[sums.length];
    for (int at = 0; at < sums.length; at++) {
      planar[at] = (byte) (int) Math.clamp(sums[at] + 0.5f, 0f, 255f);
    }
    return planar;
  }

  /** One source row [crop, channels] to [channels, side]. */
  private static void narrow(int[] pixels, int channels, Taps[] taps, float[] narrow) {
    int side = taps.length;
    for (int channel = 0; channel < channels; channel++) {
      for (int target = 0; target < side; target++) {
        float[] weights = taps[target].weights;
        int from = taps[target].from * channels + channel;
        float sum = 0;
        for (int tap = 0; tap < weights.length; tap++) {
          sum += weights[tap] * pixels[from + tap * channels];
        }
        narrow[channel * side + target] = sum;
      }
    }
  }

  private static void add(
      float[] narrow, float weight, int channels, int side, int target, float[] sums) {
    for (int channel = 0; channel < channels; channel++) {
      int to = (channel * side + target) * side;
      for (int column = 0; column < side; column++) {
        sums[to + column] += weight * narrow[channel * side + column];
      }
    }
  }

  /**
   * The source positions, from {@code from} on, that make up one target position, and their weights
   * (sum 1).
   */
  private static final class Taps {
    private final int from;
    private final float[] weights;

    private Taps(int from, float... weights) {
      this.from = from;
      this.weights = weights;
    }

    static Taps[] of(int source, int targets) {
      Taps[] taps = new Taps[targets];
      double step = (double) source / targets;
      for (int target = 0; target < targets; target++) {
        taps[target] =
            source >= targets
                ? covered(source, target * step, step)
                : between(source, (target + 0.5) * step - 0.5);
      }
      return taps;
    }

    private static Taps covered(int source, double start, double step) {
      double end = Math.min(start + step, source);
      int from = (int) start;
      // A sliver below a millionth of a pixel is rounding, not coverage.
      int to = Math.min(source, (int) Math.ceil(end - 1e-6));
      float[] weights = new float[to - from];
      for (int at = from; at < to; at++) {
        weights[at - from] = (float) ((Math.min(end, at + 1) - Math.max(start, at)) / step);
      }
      return new Taps(from, weights);
    }

    private static Taps between(int source, double position) {
      double inside = Math.clamp(position, 0.0, source - 1.0);
      int from = (int) inside;
      if (from == source - 1) {
        return new Taps(from, 1);
      }
      float share = (float) (inside - from);
      return new Taps(from, 1 - share, share);
    }
  }
}
