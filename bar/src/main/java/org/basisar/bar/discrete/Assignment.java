package org.basisar.bar.discrete;

import java.util.Arrays;

/**
 * The assignment problem: one column for every row, no column twice, the greatest sum. Kuhn's
 * Hungarian method with shortest augmenting paths, O(n³).
 */
public final class Assignment {
  private final double[] scores;
  private final int size;
  private final double[] rowPrice;
  private final double[] columnPrice;
  private final int[] rowOf; // the row of each column, −1 for none

  private Assignment(double[] scores, int size) {
    this.scores = scores;
    this.size = size;
    rowPrice = new double[size];
    columnPrice = new double[size];
    rowOf = new int[size];
    Arrays.fill(rowOf, -1);
  }

  /**
   * The best assignment.
   *
   * @param scores row-major [size, size], all finite
   * @return the column of each row
   * @throws IllegalArgumentException if there is no such square or a score is not finite
   */
  public static int[] best(double[] scores, int size) {
    if (size < 0 || scores.length != size * size) {
      throw new IllegalArgumentException(
          scores.length + " scores do not make a square of side " + size);
    }
    for (double score : scores) {
      if (!Double.isFinite(score)) {
        throw new IllegalArgumentException("an assignment needs finite scores, was given " + score);
      }
    }
    Assignment assignment = new Assignment(scores, size);
    for (int row = 0; row < size; row++) {
      assignment.augment(row);
    }
    int[] columns = new int[size];
    for (int column = 0; column < size; column++) {
      columns[assignment.rowOf[column]] = column;
    }
    return columns;
  }

  private double cost(int row, int column) {
    return -scores[row * size + column] - rowPrice[row] - columnPrice[column];
  }

  /** Grows a tree of shortest paths from a free row until it meets a free column. */
  private void augment(int freeRow) {
    double[] shortest = new double[size];
    Arrays.fill(shortest, Double.POSITIVE_INFINITY);
    int[] before = new int[size]; // the column before each column on its path, −1 for the row
    Arrays.fill(before, -1);
    boolean[] inTree = new boolean[size];
    int column = -1;
    do {
      int row = column < 0 ? freeRow : rowOf[column];
      double reached = column < 0 ? 0 : shortest[column];
      int next = -1;
      for (int c = 0; c < size; c++) {
        if (!inTree[c]) {
          double length = reached + cost(row, c);
          if (length < shortest[c]) {
            shortest[c] = length;
            before[c] = column;
          }
          if (next < 0 || shortest[c] < shortest[next]) {
            next = c;
          }
        }
      }
      inTree[next] = true;
      column = next;
    } while (rowOf[column] >= 0);
    reprice(freeRow, shortest, inTree, shortest[column]);
    while (column >= 0) {
      int earlier = before[column];
      rowOf[column] = earlier < 0 ? freeRow : rowOf[earlier];
      column = earlier;
    }
  }

  private void reprice(int freeRow, double[] shortest, boolean[] inTree, double end) {
    rowPrice[freeRow] += end;
    for (int c = 0; c < size; c++) {
      if (inTree[c]) {
        double slack = end - shortest[c];
        columnPrice[c] -= slack;
        if (rowOf[c] >= 0) {
          rowPrice[rowOf[c]] += slack;
        }
      }
    }
  }
}
