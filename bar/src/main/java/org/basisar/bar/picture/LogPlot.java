package org.basisar.bar.picture;

import java.util.List;

/**
 * A plot with factors at equal distances on both axes, for laws that are powers: rooflines, and how
 * costs grow.
 *
 * @param title what it is about
 * @param horizontalLabel name and unit of the horizontal axis
 * @param verticalLabel name and unit of the vertical axis
 * @param lines drawn through their points; values that are not above zero are left out
 * @param marks single points with a label each
 */
public record LogPlot(
    String title,
    String horizontalLabel,
    String verticalLabel,
    List<Series> lines,
    List<Mark> marks) {
  /** Copies the lists. */
  public LogPlot {
    lines = List.copyOf(lines);
    marks = List.copyOf(marks);
  }

  /**
   * A point.
   *
   * @param label a few signs beside it
   * @param name what it is, told when it is pointed at
   * @param horizontal where, above zero
   * @param vertical where, above zero
   */
  public record Mark(String label, String name, double horizontal, double vertical) {}
}
