package org.basisar.bar.picture;

import java.util.List;

/**
 * What a chart shows, for {@link SvgChart} to write and {@link PngChart} to draw.
 *
 * @param title what the chart is about, in a few words
 * @param horizontalLabel name of the horizontal axis
 * @param scale of the vertical axis
 * @param series the lines, the ones behind first
 */
public record Chart(String title, String horizontalLabel, Scale scale, List<Series> series) {
  /** How the vertical axis grows. */
  public enum Scale {
    /** Equal steps are equal distances. */
    LINEAR,
    /** Equal factors are equal distances; values of zero and below are left out. */
    LOGARITHMIC
  }

  /** Copies the list. */
  public Chart {
    series = List.copyOf(series);
  }

  /** Whether there is at least one point to draw. */
  public boolean hasPoints() {
    for (Series line : series) {
      for (int i = 0; i < line.size(); i++) {
        if (drawable(line, i)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether a point can be drawn on these axes. */
  boolean drawable(Series line, int point) {
    double value = line.vertical(point);
    return Double.isFinite(line.horizontal(point))
        && Double.isFinite(value)
        && (scale == Scale.LINEAR || value > 0);
  }

  /**
   * The line with gaps where a point cannot be drawn, so that thinning never picks such a point.
   */
  Series onlyDrawable(Series line) {
    double[] horizontal = new double[line.size()];
    double[] vertical = new double[line.size()];
    for (int i = 0; i < line.size(); i++) {
      horizontal[i] = line.horizontal(i);
      vertical[i] = drawable(line, i) ? line.vertical(i) : Double.NaN;
    }
    return new Series(line.name(), line.role(), horizontal, vertical);
  }
}
