package org.basisar.tensor.cpu;

/**
 * The loops that the matrix-like reference kernels share, in forms that the compiler vectorises.
 */
final class PlainLoops {
  private PlainLoops() {}

  /** Work on the items {@code from} … {@code to}−1, each independent of the others. */
  @FunctionalInterface
  interface Range {
    void run(int from, int to);
  }

  /** Runs all items. */
  static void run(int items, Range range) {
    range.run(0, items);
  }

  /** out[at …] += factor · values[from …], {@code count} elements. */
  static void axpy(double factor, double[] values, int from, double[] out, int at, int count) {
    for (int i = 0; i < count; i++) {
      out[at + i] += factor * values[from + i];
    }
  }

  /** Σ left·right over {@code count} elements. */
  static double dot(double[] left, int from, double[] right, int at, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += left[from + i] * right[at + i];
    }
    return sum;
  }

  /** The transpose of the [rows, columns] matrix at {@code from}. */
  static double[] transpose(double[] values, int from, int rows, int columns) {
    double[] out = new double[rows * columns];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        out[column * rows + row] = values[from + row * columns + column];
      }
    }
    return out;
  }

  /**
   * One row of a product: out[at …] += Σ_p left[from + p·step] · right[p, :], for p in order.
   *
   * @param right [inner, columns] at {@code rightFrom}
   */
  static void rowTimesMatrix(
      double[] left,
      int from,
      int step,
      int inner,
      double[] right,
      int rightFrom,
      int columns,
      double[] out,
      int at) {
    for (int p = 0; p < inner; p++) {
      axpy(left[from + p * step], right, rightFrom + p * columns, out, at, columns);
    }
  }
}
