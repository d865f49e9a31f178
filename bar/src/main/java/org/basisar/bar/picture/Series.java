package org.basisar.bar.picture;

import java.util.Arrays;
import java.util.stream.IntStream;

/** A named line of a chart. */
public final class Series {
  /** How strongly a line is drawn. */
  public enum Role {
    /** The line the chart is about. */
    MAIN,
    /** Further lines, told apart by colour and by dashes. */
    SECOND,
    THIRD,
    FOURTH,
    FIFTH,
    SIXTH,
    SEVENTH,
    EIGHTH,
    /** What lies behind a smoothed line: thin and pale. */
    FAINT
  }

  private final String name;
  private final Role role;
  private final double[] horizontal;
  private final double[] vertical;

  /**
   * A line through points; a value that is not finite leaves a gap.
   *
   * @param name for the legend
   * @param role how it is drawn
   * @param horizontal positions, ascending
   * @param vertical values, as many
   * @throws IllegalArgumentException if the lengths differ
   */
  public Series(String name, Role role, double[] horizontal, double[] vertical) {
    if (horizontal.length != vertical.length) {
      throw new IllegalArgumentException(
          "The line '%s' has %d positions and %d values; give as many of each."
              .formatted(name, horizontal.length, vertical.length));
    }
    this.name = name;
    this.role = role;
    this.horizontal = horizontal.clone();
    this.vertical = vertical.clone();
  }

  /** The name for the legend. */
  public String name() {
    return name;
  }

  /** How it is drawn. */
  public Role role() {
    return role;
  }

  /** How many points there are. */
  public int size() {
    return horizontal.length;
  }

  /** The position of a point. */
  public double horizontal(int point) {
    return horizontal[point];
  }

  /** The value of a point. */
  public double vertical(int point) {
    return vertical[point];
  }

  /** The line without the points that have no value, so that no gap is left. */
  public Series measured() {
    int[] points =
        IntStream.range(0, vertical.length).filter(i -> Double.isFinite(vertical[i])).toArray();
    return new Series(
        name,
        role,
        Arrays.stream(points).mapToDouble(i -> horizontal[i]).toArray(),
        Arrays.stream(points).mapToDouble(i -> vertical[i]).toArray());
  }

  /**
   * The line smoothed by a running mean over both sides, whose weights halve every {@code halfLife}
   * points, so that it does not lag behind; at the ends over the side there is. Values that are not
   * finite are passed over.
   *
   * @param smoothedName name of the new line
   * @param halfLife in points, greater than 0
   * @return a main line
   */
  public Series smoothed(String smoothedName, double halfLife) {
    double keep = Math.pow(0.5, 1 / halfLife);
    int count = vertical.length;
    double[] sums = new double[count];
    double[] weights = new double[count];
    accumulate(keep, 0, 1, sums, weights);
    accumulate(keep, count - 1, -1, sums, weights);
    double[] smooth = new double[count];
    for (int i = 0; i < count; i++) {
      // The point itself was counted from both sides; NaN where no side has a value.
      boolean measured = Double.isFinite(vertical[i]);
      smooth[i] = (sums[i] - (measured ? vertical[i] : 0)) / (weights[i] - (measured ? 1 : 0));
    }
    return new Series(smoothedName, Role.MAIN, horizontal, smooth);
  }

  private void accumulate(double keep, int from, int step, double[] sums, double[] weights) {
    double sum = 0;
    double weight = 0;
    for (int i = from; i >= 0 && i < vertical.length; i += step) {
      boolean measured = Double.isFinite(vertical[i]);
      sum = keep * sum + (measured ? vertical[i] : 0);
      weight = keep * weight + (measured ? 1 : 0);
      sums[i] += sum;
      weights[i] += weight;
    }
  }

  /**
   * A shorter line of the same look: of each of {@code stretches} equal stretches of points its
   * lowest and its highest, so that no spike is lost.
   *
   * @param stretches how many, at least 1
   * @return this line if it has no more than two points for each stretch
   */
  public Series thinned(int stretches) {
    if (vertical.length <= 2 * stretches) {
      return this;
    }
    double[] positions = new double[2 * stretches];
    double[] values = new double[2 * stretches];
    for (int stretch = 0; stretch < stretches; stretch++) {
      int from = (int) ((long) vertical.length * stretch / stretches);
      int to = (int) ((long) vertical.length * (stretch + 1) / stretches);
      int lowest = from;
      int highest = from;
      for (int i = from; i < to; i++) {
        // A comparison with NaN is false, so a stretch that starts with one must be let go of it.
        if (vertical[i] < vertical[lowest] || Double.isNaN(vertical[lowest])) {
          lowest = i;
        }
        if (vertical[i] > vertical[highest] || Double.isNaN(vertical[highest])) {
          highest = i;
        }
      }
      int first = Math.min(lowest, highest);
      int last = Math.max(lowest, highest);
      positions[2 * stretch] = horizontal[first];
      values[2 * stretch] = vertical[first];
      positions[2 * stretch + 1] = horizontal[last];
      values[2 * stretch + 1] = vertical[last];
    }
    return new Series(name, role, positions, values);
  }
}
