package org.basisar.bar.picture;

import java.util.List;

/**
 * How a grid of small images is laid out.
 *
 * @param columns images per row
 * @param minimumCell least width of an image in pixels; the scale is the smallest whole number that
 *     reaches it
 * @param padding transparent pixels between and around images
 * @param rowLabels words left of each row, or empty
 * @param columnLabels words above each column, or empty
 */
public record GridLayout(
    int columns, int minimumCell, int padding, List<String> rowLabels, List<String> columnLabels) {

  /** Checks the numbers and copies the labels. */
  public GridLayout {
    if (columns < 1 || minimumCell < 1 || padding < 0) {
      throw new IllegalArgumentException(
          "A grid of %d columns, cells of %d pixels and %d pixels between cannot be drawn; columns and cells must be at least 1, padding at least 0."
              .formatted(columns, minimumCell, padding));
    }
    rowLabels = List.copyOf(rowLabels);
    columnLabels = List.copyOf(columnLabels);
    if (!columnLabels.isEmpty() && columnLabels.size() != columns) {
      throw new IllegalArgumentException(
          "A grid of %d columns got %d column labels; give one for each column, or none."
              .formatted(columns, columnLabels.size()));
    }
  }

  /** A grid without labels whose cells are at least 64 pixels wide, 4 apart. */
  public static GridLayout ofColumns(int columns) {
    return new GridLayout(columns, 64, 4, List.of(), List.of());
  }

  /** The same grid with words left of each row. */
  public GridLayout withRowLabels(List<String> labels) {
    return new GridLayout(columns, minimumCell, padding, labels, columnLabels);
  }

  /** The same grid with words above each column. */
  public GridLayout withColumnLabels(List<String> labels) {
    return new GridLayout(columns, minimumCell, padding, rowLabels, labels);
  }

  /** The same grid with another least width of a cell. */
  public GridLayout withMinimumCell(int pixels) {
    return new GridLayout(columns, pixels, padding, rowLabels, columnLabels);
  }

  /** The same grid with another distance between cells. */
  public GridLayout withPadding(int pixels) {
    return new GridLayout(columns, minimumCell, pixels, rowLabels, columnLabels);
  }
}
